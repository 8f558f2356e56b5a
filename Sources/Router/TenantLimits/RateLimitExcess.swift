/// Which rate a request is over, and when it can come again.
public struct RateLimitExcess: Error, Sendable, Hashable {
    /// `eventsPerSecond` or `bytesPerSecond`.
    public var limit: TenantLimit
    /// The rate that is in force here.
    public var perSecond: Int
    /// When it can come again, in milliseconds, at least 1.
    public var waitMilliseconds: Int64

    public init(limit: TenantLimit, perSecond: Int, waitMilliseconds: Int64) {
        self.limit = limit
        self.perSecond = perSecond
        self.waitMilliseconds = waitMilliseconds
    }

    /// The same in whole seconds, rounded up: what `Retry-After` says.
    public var waitSeconds: Int { Int((self.waitMilliseconds + 999) / 1_000) }
}
