import CloudEvents
import EventLog

/// Events that are stamped and routed, ready to be appended.
public struct PreparedEvents: Sendable {
    /// The events as they will be stored: with tenant and correlation.
    public var events: [CloudEvent]
    /// The record of each.
    public var records: [ProducerRecord]
}
