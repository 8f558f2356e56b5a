import Delivery
import EventLog

/// Hears what dispatch does, to count it. Called often: implementations are cheap and do not block.
public protocol DispatchObserver: Sendable {
    /// One attempt ended.
    func attempted(_ attempt: DeliveryAttempt, _ report: AttemptReport)
    /// A dead letter was written.
    func deadLettered(_ reason: DeadLetterReason)
    /// No further dead letter of a tenant may be written: a subscription is suspended.
    func deadLetterRefused()
    /// A dead letter could not be written and is tried again.
    func deadLetterFailed()
    /// Positions could not be committed.
    func commitFailed()
    /// A record that is no CloudEvent was met; it goes to the channel for invalid messages.
    func invalidRecord(at position: Position)
    /// So many of those could not be written there, and were passed over.
    func invalidRecordsUnkept(_ count: Int)
    /// Records were read by the tail, or by a subscription that catches up.
    func fetched(records: Int, isCatchUp: Bool)
    /// Retention took records before a subscription had read them.
    func rangeLost(records: Int64)
    /// The log routed by itself: of so many records that were read for a subscription so many went to its topic.
    func routed(read: Int, carried: Int)
    /// What a route had under way was taken back, and is tried again.
    func routeFailed()
}
