import Subscriptions

/// An event that is given up for one subscription and has to be written to the dead-letter channel.
public struct DeadLetterWrite: Sendable {
    /// Given back with the result.
    public var id: UInt64
    public var subscription: SubscriptionID
    public var event: DeliverableEvent
    public var reason: DeadLetterReason
    public var attempts: Int
    /// What the last attempt came to.
    public var report: AttemptReport
    public var replayID: String?
}
