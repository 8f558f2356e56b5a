import CloudEvents
import EventLog

/// Events that are stamped and routed, ready to be appended.
public struct PreparedEvents: Sendable {
    /// The events as they will be stored: with tenant and correlation.
    public var events: [CloudEvent]
    /// The record of each.
    public var records: [ProducerRecord]
    /// The traces that began with events of the request, and are recorded: which event, and the span that it names as
    /// its own creation.
    public var begun: [(index: Int, trace: TraceParent)] = []
}
