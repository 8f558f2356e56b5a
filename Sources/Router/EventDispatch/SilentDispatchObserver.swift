import Delivery

/// An observer that keeps nothing: where nobody counts what dispatch does.
public struct SilentDispatchObserver: DispatchObserver {
    public init() {}

    /// Forgets the report.
    public func attempted(_ report: AttemptReport, events: Int) {}

    /// Forgets the reason; the dead letter itself is in the log.
    public func deadLettered(_ reason: DeadLetterReason) {}

    /// Keeps nothing: the dispatcher logs the failure and commits again.
    public func commitFailed() {}

    /// Keeps nothing: a record that is no event leaves no other trace.
    public func invalidRecord() {}

    /// Forgets the count.
    public func fetched(records: Int, isCatchUp: Bool) {}
}
