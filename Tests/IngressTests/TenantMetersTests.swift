import HTTPServing
import HTTPTypes
import Synchronization
import TenantLimits
import Testing

@testable import Ingress

@Suite struct TenantMetersTests {
    private final class Clock: Sendable {
        let now = Mutex<Int64>(0)
        func pass(_ milliseconds: Int64) { self.now.withLock { $0 += milliseconds } }
    }

    private static func meters(_ limits: FixedLimits, replicas: Int = 1) -> (meters: TenantMeters, clock: Clock) {
        let clock = Clock()
        return (TenantMeters(limits: limits, replicas: replicas) { clock.now.withLock { $0 } }, clock)
    }

    @Test func overARateARequestIsToldWhenToComeAgain() throws {
        let (meters, clock) = Self.meters(FixedLimits(["a": [.eventsPerSecond: 2]]))
        try meters.meter(of: "a").take(events: 2, bytes: 10)
        let error = try #require(throws: ProblemError.self) { try meters.meter(of: "a").take(events: 1, bytes: 10) }
        #expect(error.problem.type == .limitExceeded)
        #expect(error.problem.members.contains(.init("limit", .string("eventsPerSecond"))))
        #expect(error.headers[.retryAfter] == "1")
        #expect(error.headers.contains { $0.name.canonicalName == "ratelimit" && $0.value == #""events";r=0;t=1"# })
        #expect(throws: ProblemError.self) { try meters.meter(of: "a").check(bytes: nil) }
        clock.pass(500)
        try meters.meter(of: "a").check(bytes: nil)
        try meters.meter(of: "a").take(events: 1, bytes: 10)
        // The others are not concerned.
        try meters.meter(of: "b").take(events: 1_000, bytes: 1 << 40)
        #expect(meters.meter(of: "b").fields == nil)
        #expect(meters.meter(of: "a").counts.throttledRequests == 2)
    }

    @Test func limitsChangeUnderTheMeter() throws {
        let limits = FixedLimits([:])
        let (meters, _) = Self.meters(limits)
        let meter = meters.meter(of: "a")
        try meter.take(events: 100, bytes: 100)
        limits.set([.bytesPerSecond: 10], of: "a")
        try meter.take(events: 1, bytes: 10)
        #expect(throws: ProblemError.self) { try meter.take(events: 1, bytes: 1) }
        limits.set([:], of: "a")
        try meter.take(events: 1, bytes: 1 << 40)
    }

    @Test func whatCameToNothingIsPutBack() throws {
        let (meters, _) = Self.meters(FixedLimits(["a": [.eventsPerSecond: 5]]))
        let meter = meters.meter(of: "a")
        try meter.take(events: 5, bytes: 0)
        meter.giveBack(events: 5, bytes: 0)
        try meter.take(events: 5, bytes: 0)
    }

    @Test func ratesAreAveragedAndQuietTenantsForgotten() throws {
        let (meters, clock) = Self.meters(FixedLimits(["a": [.eventsPerSecond: 1_000]]))
        let meter = meters.meter(of: "a")
        meters.sample()
        for _ in 0..<4 {
            try meter.take(events: 100, bytes: 1_000)
            meter.accepted(events: 100, bytes: 1_000)
            clock.pass(1_000)
            meters.sample()
        }
        #expect(meter.perSecond == (100, 1_000))
        for _ in 0..<20 {
            clock.pass(1_000)
            meters.sample()
        }
        #expect(meters.count == 0)
        #expect(meters.known("a") == nil)
        #expect(meters.meter(of: "a") !== meter)
    }

    @Test func tenantsHaveABoundAndShareOneMeterBeyondIt() {
        let (meters, _) = Self.meters(FixedLimits([:]))
        for number in 0..<TenantMeters.metersMax { _ = meters.meter(of: "t\(number)") }
        #expect(meters.meter(of: "one more") === meters.meter(of: "and another"))
        #expect(meters.meter(of: "t0") !== meters.meter(of: "t1"))
        #expect(meters.count == TenantMeters.metersMax)
    }
}
