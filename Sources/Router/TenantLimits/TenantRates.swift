/// The rates of one tenant: of events, and of bytes. A request takes from both or from none.
///
/// A value without a clock: times are milliseconds given by the caller.
public struct TenantRates: Sendable, Hashable {
    private var events: TokenBucket?
    private var bytes: TokenBucket?

    /// - Parameter replicas: how many processes share the rates, `1...1000`: each allows its part, rounded up.
    public init(_ limits: TenantLimits, replicas: Int, now: Int64) {
        self.events = Self.bucket(limits, .eventsPerSecond, .eventsBurst, replicas, nil, now)
        self.bytes = Self.bucket(limits, .bytesPerSecond, .bytesBurst, replicas, nil, now)
    }

    /// Takes other limits; what was used up stays used up.
    public mutating func change(to limits: TenantLimits, replicas: Int, now: Int64) {
        self.events = Self.bucket(limits, .eventsPerSecond, .eventsBurst, replicas, self.events, now)
        self.bytes = Self.bucket(limits, .bytesPerSecond, .bytesBurst, replicas, self.bytes, now)
    }

    private static func bucket(
        _ limits: TenantLimits, _ rate: TenantLimit, _ burst: TenantLimit, _ replicas: Int, _ old: TokenBucket?,
        _ now: Int64
    ) -> TokenBucket? {
        guard let perSecond = limits.cap(rate) else { return nil }
        let parts = max(1, replicas)
        func part(_ value: Int) -> Int { (value + parts - 1) / parts }
        let capacity = part(limits.cap(burst) ?? perSecond)
        return old?.resized(perSecond: part(perSecond), capacity: capacity, now: now)
            ?? TokenBucket(perSecond: part(perSecond), capacity: capacity, now: now)
    }

    /// Whether there is any limit.
    public var isLimited: Bool { self.events != nil || self.bytes != nil }

    /// Whether nothing is used up: to forget it changes nothing.
    public func isFull(now: Int64) -> Bool {
        (self.events?.timeToFull(now: now) ?? 0) == 0 && (self.bytes?.timeToFull(now: now) ?? 0) == 0
    }

    /// Says whether a request could pass now, and takes nothing.
    public func check(events: Int, bytes: Int, now: Int64) throws(RateLimitExcess) {
        try Self.check(self.events, .eventsPerSecond, events, now)
        try Self.check(self.bytes, .bytesPerSecond, bytes, now)
    }

    private static func check(
        _ bucket: TokenBucket?, _ limit: TenantLimit, _ count: Int, _ now: Int64
    ) throws(RateLimitExcess) {
        guard let bucket, count > 0 else { return }
        let wait = bucket.wait(for: count, now: now)
        if wait > 0 { throw RateLimitExcess(limit: limit, perSecond: bucket.perSecond, waitMilliseconds: wait) }
    }

    /// Takes all of it or, where it throws, nothing.
    public mutating func take(events: Int, bytes: Int, now: Int64) throws(RateLimitExcess) {
        try self.check(events: events, bytes: bytes, now: now)
        self.events?.take(events, now: now)
        self.bytes?.take(bytes, now: now)
    }

    /// Puts back what a request took that came to nothing.
    public mutating func giveBack(events: Int, bytes: Int) {
        self.events?.giveBack(events)
        self.bytes?.giveBack(bytes)
    }

    /// What a caller is told; nil where nothing is limited.
    public func fields(now: Int64) -> RateLimitFields? {
        RateLimitFields(events: self.events, bytes: self.bytes, now: now)
    }

    /// What is left of a rate; nil where it is not limited.
    public func available(_ limit: TenantLimit, now: Int64) -> Int? {
        switch limit {
        case .eventsPerSecond: self.events?.available(now: now)
        case .bytesPerSecond: self.bytes?.available(now: now)
        default: nil
        }
    }
}
