import EventLog

/// A replay as the API shows it.
public struct ReplayView: Sendable {
    /// The contract's words.
    public enum Status: String, Sendable, Codable {
        case counting
        case running
        case paused
        case done
        case cancelled
        case failed
    }

    public var id: String
    public var request: ReplayRequest
    public var status: Status
    /// Events in the range that match; known from the count that precedes sending.
    public var matched: Int64
    public var delivered: Int64
    /// Dead-lettered.
    public var failed: Int64
    public var createdAt: Timestamp
    public var finishedAt: Timestamp?
    /// Why it failed, where it did.
    public var error: String?

    public init(
        id: String, request: ReplayRequest, status: Status, matched: Int64, delivered: Int64, failed: Int64,
        createdAt: Timestamp, finishedAt: Timestamp? = nil, error: String? = nil
    ) {
        self.id = id
        self.request = request
        self.status = status
        self.matched = matched
        self.delivered = delivered
        self.failed = failed
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.error = error
    }
}
