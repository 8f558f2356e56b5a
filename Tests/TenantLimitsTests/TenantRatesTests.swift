import TenantLimits
import Testing

@Suite struct TenantRatesTests {
    private static func limits(_ values: [TenantLimit: Int]) -> TenantLimits { TenantLimits().overridden(by: values) }

    @Test func aTenantWithoutRatesIsNotLimited() throws {
        var rates = TenantRates(TenantLimits(), replicas: 1, now: 0)
        #expect(!rates.isLimited)
        try rates.take(events: 1_000_000, bytes: 1_000_000_000, now: 0)
        #expect(rates.fields(now: 0) == nil)
    }

    @Test func aRequestTakesFromBothRatesOrFromNone() throws {
        var rates = TenantRates(Self.limits([.eventsPerSecond: 10, .bytesPerSecond: 100]), replicas: 1, now: 0)
        try rates.take(events: 1, bytes: 100, now: 0)
        #expect(throws: RateLimitExcess(limit: .bytesPerSecond, perSecond: 100, waitMilliseconds: 500)) {
            try rates.take(events: 1, bytes: 50, now: 0)
        }
        #expect(rates.available(.eventsPerSecond, now: 0) == 9)
        rates.giveBack(events: 1, bytes: 100)
        #expect(rates.isFull(now: 0))
    }

    @Test func theHeaderFieldsAreStructuredFields() throws {
        let limits = Self.limits([.eventsPerSecond: 100, .eventsBurst: 150, .bytesPerSecond: 1_000])
        var rates = TenantRates(limits, replicas: 1, now: 0)
        try rates.take(events: 60, bytes: 1_000, now: 0)
        let fields = try #require(rates.fields(now: 0))
        #expect(fields.policy == #""events";q=150;qu="events";w=2, "bytes";q=1000;qu="content-bytes";w=1"#)
        #expect(fields.standing == #""events";r=90;t=1, "bytes";r=0;t=1"#)
    }

    @Test func replicasShareARate() throws {
        var rates = TenantRates(Self.limits([.eventsPerSecond: 10]), replicas: 3, now: 0)
        try rates.take(events: 4, bytes: 0, now: 0)
        #expect(throws: RateLimitExcess.self) { try rates.take(events: 1, bytes: 0, now: 0) }
    }

    @Test func limitsChangeAtRunTime() throws {
        var rates = TenantRates(TenantLimits(), replicas: 1, now: 0)
        rates.change(to: Self.limits([.eventsPerSecond: 1]), replicas: 1, now: 0)
        try rates.take(events: 1, bytes: 0, now: 0)
        rates.change(to: Self.limits([.eventsPerSecond: 2]), replicas: 1, now: 0)
        #expect(throws: RateLimitExcess.self) { try rates.take(events: 1, bytes: 0, now: 0) }
        rates.change(to: TenantLimits(), replicas: 1, now: 0)
        try rates.take(events: 1_000, bytes: 0, now: 0)
    }

    @Test func secondsToWaitAreRoundedUp() {
        #expect(RateLimitExcess(limit: .eventsPerSecond, perSecond: 1, waitMilliseconds: 1).waitSeconds == 1)
        #expect(RateLimitExcess(limit: .eventsPerSecond, perSecond: 1, waitMilliseconds: 1_001).waitSeconds == 2)
    }

    @Test func whatIsSetForATenantGoesBeforeTheDefaults() {
        var defaults = TenantLimits()
        defaults[.inFlight] = 512
        defaults[.deadLetters] = 1_000
        let limits = defaults.overridden(by: [.deadLetters: 0, .endpoints: 0, .weight: 5_000])
        #expect(limits[.inFlight] == 512)
        #expect(limits.cap(.deadLetters) == nil)
        #expect(limits.cap(.endpoints) == 1)
        #expect(limits[.weight] == 1_000)
        #expect(TenantLimits()[.weight] == 1)
    }
}
