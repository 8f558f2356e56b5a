import CloudEvents
import EventLog
import NIOCore

/// An event read from the log, shared by every subscription that it matches.
public final class DeliverableEvent: Sendable {
    public let event: CloudEvent
    public let position: Position
    /// When it was appended.
    public let timestamp: Timestamp
    /// Hash of the ordering key, scoped by tenant.
    public let keyHash: UInt64
    /// What it counts for in the memory limits, in bytes.
    public let size: Int

    /// Copies the data, so that the event does not keep the read it came with in memory.
    public init(event: CloudEvent, position: Position, timestamp: Timestamp) {
        var event = event
        // The record's data is a slice of what was read with it: kept, it would keep the whole read in memory.
        if let data = event.data { event.data = ByteBuffer(bytes: data.readableBytesView) }
        self.event = event
        self.position = position
        self.timestamp = timestamp
        self.keyHash = OrderingKey.hash(of: event)
        // The fixed part stands for the object itself, its queue entries and its tracker entry.
        self.size =
            event.attributes.bytes.readableBytes + (event.data?.readableBytes ?? 0)
            + (event.parkedData == nil ? 256 : 768)
    }
}
