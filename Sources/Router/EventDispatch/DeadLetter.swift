import CloudEvents
import EventLog

/// An event that could not be delivered to one subscription, and why.
public struct DeadLetter: Sendable {
    public var id: String
    /// The subscription's name in its tenant; of a replay to a sink of its own `replay-` and the replay's id.
    public var subscription: String
    public var tenant: String
    public var event: CloudEvent
    /// A stable word: `rejected`, `attempts-exhausted`, `age-exceeded`, `gone`, `invalid-record`.
    public var reason: String
    /// The last HTTP status, if there was an answer.
    public var status: Int?
    /// The last error's text.
    public var error: String?
    /// All that were made, also before it was redriven.
    public var attempts: Int
    public var at: Timestamp
    /// Where the event lies in its topic, also after it was redriven.
    public var position: Position
    /// The replay that could not deliver it.
    public var replayID: String?

    public init(
        id: String, subscription: String, tenant: String, event: CloudEvent, reason: String, status: Int?,
        error: String?,
        attempts: Int, at: Timestamp, position: Position, replayID: String? = nil
    ) {
        self.id = id
        self.subscription = subscription
        self.tenant = tenant
        self.event = event
        self.reason = reason
        self.status = status
        self.error = error
        self.attempts = attempts
        self.at = at
        self.position = position
        self.replayID = replayID
    }
}
