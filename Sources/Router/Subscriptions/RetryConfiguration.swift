/// When a failed delivery is tried again, and when it is given up.
public struct RetryConfiguration: Sendable, Hashable {
    /// Attempts in all, the first included, `1...1000`.
    public var attemptsMax: Int = 12
    /// The first delay, doubled by every further one, `1...3600000`.
    public var delayMinMilliseconds: Int64 = 200
    /// No delay is longer, `delayMin...86400000`.
    public var delayMaxMilliseconds: Int64 = 60_000
    /// Given up when the first attempt is older than this, `1000...2592000000` (30 days).
    public var ageMaxMilliseconds: Int64 = 86_400_000

    public init() {}
}
