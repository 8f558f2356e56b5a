import Delivery
import EventLog

/// An observer that keeps nothing: where nobody counts what dispatch does.
public struct SilentDispatchObserver: DispatchObserver {
    public init() {}

    /// Forgets the report.
    public func attempted(_ attempt: DeliveryAttempt, _ report: AttemptReport) {}

    /// Forgets the reason; the dead letter itself is in the log.
    public func deadLettered(_ reason: DeadLetterReason) {}

    /// Keeps nothing: the dispatcher logs the failure and writes again.
    public func deadLetterFailed() {}
    /// Nothing.
    public func deadLetterRefused() {}

    /// Keeps nothing: the dispatcher logs the failure and commits again.
    public func commitFailed() {}

    /// Keeps nothing: a record that is no event leaves no other trace.
    public func invalidRecord(at position: Position) {}

    /// Forgets how many; they lie where they came from.
    public func invalidRecordsUnkept(_ count: Int) {}

    /// Forgets the count.
    public func fetched(records: Int, isCatchUp: Bool) {}

    /// Keeps nothing: the dispatcher logs the range.
    public func rangeLost(records: Int64) {}

    /// Forgets the counts; the subscription's representation has its own.
    public func routed(read: Int, carried: Int) {}

    /// Keeps nothing: the subscription shows the failure.
    public func routeFailed() {}
}
