import Delivery

/// Hears what dispatch does, to count it. Called often: implementations are cheap and do not block.
public protocol DispatchObserver: Sendable {
    /// One attempt ended.
    func attempted(_ report: AttemptReport, events: Int)
    /// A dead letter was written.
    func deadLettered(_ reason: DeadLetterReason)
    /// Positions could not be committed.
    func commitFailed()
    /// A record that is no CloudEvent was passed over.
    func invalidRecord()
    /// Records were read by the tail, or by a subscription that catches up.
    func fetched(records: Int, isCatchUp: Bool)
}
