import Logging

/// Every key of the metadata that Portarium logs. A value that could hold a secret has no key here.
public enum LogKey: String, Sendable, CaseIterable {
    case address
    case attempt
    case bytes
    case circuit
    case component
    case correlationID = "correlation_id"
    case count
    /// How long what the line tells of took, in milliseconds.
    case durationMilliseconds = "duration_ms"
    case error
    case eventID = "event_id"
    case eventSource = "event_source"
    case eventType = "event_type"
    case group
    case lag
    case method
    case offset
    case origin
    case partition
    case path
    case reason
    case replay
    case requestID = "request_id"
    case role
    case sequence
    case signal
    case state
    case status
    case subscription
    case tenant
    case topic
    case version
}

extension Logger {
    /// Metadata that every line of this logger carries.
    public subscript(key key: LogKey) -> Logger.MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }
}

extension Dictionary where Key == String, Value == Logger.MetadataValue {
    /// Metadata for one line: `logger.info("…", metadata: .keyed([.topic: "\(topic)"]))`.
    /// Of equal keys the last counts.
    public static func keyed(_ values: KeyValuePairs<LogKey, Logger.MetadataValue>) -> Self {
        var metadata = Self(minimumCapacity: values.count)
        for (key, value) in values { metadata[key.rawValue] = value }
        return metadata
    }
}
