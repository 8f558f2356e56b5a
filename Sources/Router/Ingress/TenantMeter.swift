import HTTPServing
import HTTPTypes
import NIOCore
import Synchronization
import TenantLimits

/// What one tenant sends, counted and held to its rates. Counting takes no lock; only where there is a rate to keep,
/// a request takes one.
public final class TenantMeter: Sendable {
    /// What is counted since the process began, or since the tenant was forgotten after a quiet time.
    public struct Counts: Sendable, Hashable {
        public var events = 0
        public var bytes = 0
        public var throttledRequests = 0
        public var throttledEvents = 0
    }

    /// Seconds that rates are averaged over.
    static let windowSeconds = 10
    private let isLimited: Atomic<Bool>
    /// Forgotten: another one counts for the tenant, or will.
    let isRetired = Atomic<Bool>(false)
    private let events = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let throttledRequests = Atomic<Int>(0)
    private let throttledEvents = Atomic<Int>(0)
    private let rates: Mutex<TenantRates>
    /// The counts at the ends of the last seconds, the newest last.
    private let samples = Mutex<[Counts]>([])
    private let clock: @Sendable () -> Int64

    init(_ limits: TenantLimits, replicas: Int, clock: @escaping @Sendable () -> Int64) {
        let rates = TenantRates(limits, replicas: replicas, now: clock())
        self.isLimited = Atomic(rates.isLimited)
        self.rates = Mutex(rates)
        self.clock = clock
    }

    func change(to limits: TenantLimits, replicas: Int) {
        self.rates.withLock { rates in
            rates.change(to: limits, replicas: replicas, now: self.clock())
            self.isLimited.store(rates.isLimited, ordering: .relaxed)
        }
    }

    /// Refuses a request that could not pass whatever it holds, before its body is read; takes nothing.
    /// - Parameter bytes: what the head says of the body; nil: nothing.
    /// - Throws: 429.
    public func check(bytes: Int?) throws(ProblemError) {
        guard self.isLimited.load(ordering: .relaxed) else { return }
        try self.refusing(events: 0) { (rates, now) throws(RateLimitExcess) in
            try rates.check(events: 1, bytes: max(1, bytes ?? 1), now: now)
        }
    }

    /// Takes what a request needs of its tenant's rates, all of it or nothing.
    /// - Throws: 429.
    public func take(events: Int, bytes: Int) throws(ProblemError) {
        guard self.isLimited.load(ordering: .relaxed) else { return }
        try self.refusing(events: events) { (rates, now) throws(RateLimitExcess) in
            try rates.take(events: events, bytes: bytes, now: now)
        }
    }

    /// Counts what is in the log.
    public func accepted(events: Int, bytes: Int) {
        self.events.add(events, ordering: .relaxed)
        self.bytes.add(bytes, ordering: .relaxed)
    }

    /// Puts back what was taken by a request that came to nothing.
    public func giveBack(events: Int, bytes: Int) {
        guard self.isLimited.load(ordering: .relaxed) else { return }
        self.rates.withLock { $0.giveBack(events: events, bytes: bytes) }
    }

    /// What became of a request that took what it needs: counts the events that are in the log, and puts back what was
    /// taken for the others; the bytes too, where there is none.
    func settle(taken: Int, accepted: Int, bytes: Int) {
        let isInLog = accepted > 0
        if isInLog { self.accepted(events: accepted, bytes: bytes) }
        if accepted < taken || !isInLog { self.giveBack(events: taken - accepted, bytes: isInLog ? 0 : bytes) }
    }

    /// What answers to the tenant say of its rates; nil where there are none.
    public var fields: RateLimitFields? {
        guard self.isLimited.load(ordering: .relaxed) else { return nil }
        return self.rates.withLock { $0.fields(now: self.clock()) }
    }

    private func refusing(
        events: Int, _ body: (inout TenantRates, _ now: Int64) throws(RateLimitExcess) -> Void
    ) throws(ProblemError) {
        let outcome = self.rates.withLock { rates -> (excess: RateLimitExcess, fields: RateLimitFields?)? in
            let now = self.clock()
            do throws(RateLimitExcess) {
                try body(&rates, now)
                return nil
            } catch { return (error, rates.fields(now: now)) }
        }
        guard let outcome else { return }
        self.throttledRequests.add(1, ordering: .relaxed)
        self.throttledEvents.add(events, ordering: .relaxed)
        throw Self.problem(outcome.excess, outcome.fields)
    }

    private static func problem(_ excess: RateLimitExcess, _ fields: RateLimitFields?) -> ProblemError {
        var error = ProblemError(
            .limitExceeded,
            "the tenant may send \(excess.perSecond) \(excess.limit.noun) here, limit '\(excess.limit.rawValue)': send "
                + "the request again after \(excess.waitSeconds) s",
            members: [
                .init("limit", .string(excess.limit.rawValue)), .init("limitValue", .integer(excess.perSecond)),
            ],
            retryAfterSeconds: excess.waitSeconds)
        if let fields { error.headers.add(fields) }
        return error
    }

    // MARK: Usage

    /// What is counted so far.
    public var counts: Counts {
        Counts(
            events: self.events.load(ordering: .relaxed), bytes: self.bytes.load(ordering: .relaxed),
            throttledRequests: self.throttledRequests.load(ordering: .relaxed),
            throttledEvents: self.throttledEvents.load(ordering: .relaxed))
    }

    /// Events and bytes a second, averaged over the last ten seconds at most.
    public var perSecond: (events: Double, bytes: Double) {
        self.samples.withLock { samples in
            guard samples.count > 1, let first = samples.first, let last = samples.last else { return (0, 0) }
            let seconds = Double(samples.count - 1)
            return (Double(last.events - first.events) / seconds, Double(last.bytes - first.bytes) / seconds)
        }
    }

    /// What is left of a rate; nil where it is not limited.
    public func available(_ limit: TenantLimit) -> Int? {
        self.rates.withLock { $0.available(limit, now: self.clock()) }
    }

    /// Called once a second. Gives whether nothing happened in all of the window, and nothing is lost with the meter
    /// but what it has counted.
    func sample() -> Bool {
        let counts = self.counts
        let isQuiet = self.samples.withLock { samples in
            samples.append(counts)
            if samples.count > Self.windowSeconds + 1 { samples.removeFirst() }
            return samples.count > Self.windowSeconds && samples.allSatisfy { $0 == counts }
        }
        return isQuiet && self.rates.withLock { $0.isFull(now: self.clock()) }
    }
}

extension HTTPFields {
    /// Says what the rates of a tenant are and what is left of them.
    mutating func add(_ fields: RateLimitFields) {
        if let name = HTTPField.Name("RateLimit-Policy") { self[name] = fields.policy }
        if let name = HTTPField.Name("RateLimit") { self[name] = fields.standing }
    }
}
