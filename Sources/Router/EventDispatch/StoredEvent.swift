import CloudEvents
import EventLog

/// An event and where it lies.
public struct StoredEvent: Sendable {
    public var event: CloudEvent
    public var position: Position
    public var timestamp: Timestamp

    public init(event: CloudEvent, position: Position, timestamp: Timestamp) {
        self.event = event
        self.position = position
        self.timestamp = timestamp
    }
}
