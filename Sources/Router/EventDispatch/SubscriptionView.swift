import Subscriptions

/// A subscription as the API shows it: what is stored and how it does.
public struct SubscriptionView: Sendable {
    /// The contract's words.
    public enum Status: String, Sendable {
        case active
        case paused
        case catchingUp = "catching-up"
        case suspended
    }

    public var stored: StoredSubscription
    public var status: Status
    /// Records between its positions and the ends of its partitions, not yet settled or not yet read.
    public var lag: Int64
    /// The last failed attempt, if there was one since the last success.
    public var lastError: String?
    /// Offsets that retention took before they were read.
    public var lostOffsets: Int64

    public init(stored: StoredSubscription, status: Status, lag: Int64, lastError: String?, lostOffsets: Int64 = 0) {
        self.stored = stored
        self.status = status
        self.lag = lag
        self.lastError = lastError
        self.lostOffsets = lostOffsets
    }
}
