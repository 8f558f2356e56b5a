import CloudEvents
import EventLog
import HTTPServing
import NIOCore

/// Events that are durably in the log, and where; or in the spool, from which they come into it.
public struct AcceptedEvents: Sendable {
    /// The events as they were stored: with tenant and correlation.
    public var events: [CloudEvent]
    /// The position of each; none while they are in the spool.
    public var positions: [Position]
    /// Whether they are in the spool.
    public var isSpooled = false

    /// Events and their positions, in the same order.
    public init(events: [CloudEvent], positions: [Position]) {
        self.events = events
        self.positions = positions
    }

    /// Events that are in the spool.
    init(spooled events: [CloudEvent]) {
        self.init(events: events, positions: [])
        self.isSpooled = true
    }

    /// What the producer is told:
    /// `{"accepted":n,"events":[{"id","source","correlationid","topic","partition","offset"}]}`, and
    /// `{"accepted":n,"spooled":true,"events":[{"id","source","correlationid"}]}`.
    public var json: ByteBuffer {
        var text = ByteBuffer()
        text.reserveCapacity(32 + self.events.count * 192)
        text.writeStaticString("{\"accepted\":")
        text.writeString(String(self.events.count))
        if self.isSpooled { text.writeStaticString(",\"spooled\":true") }
        text.writeStaticString(",\"events\":[")
        for (index, event) in self.events.enumerated() {
            text.writeStaticString(index == 0 ? "{\"id\":" : ",{\"id\":")
            text.writeValue(of: "id", in: event.attributes)
            text.writeStaticString(",\"source\":")
            text.writeValue(of: "source", in: event.attributes)
            text.writeStaticString(",\"correlationid\":")
            text.writeValue(of: "correlationid", in: event.attributes)
            if self.isSpooled {
                text.writeStaticString("}")
                continue
            }
            let position = self.positions[index]
            text.writeStaticString(",\"topic\":")
            text.writeJSONString(position.topic.name)
            text.writeStaticString(",\"partition\":")
            text.writeString(String(position.partition.value))
            text.writeStaticString(",\"offset\":")
            text.writeString(String(position.offset.value))
            text.writeStaticString("}")
        }
        text.writeStaticString("]}")
        return text
    }
}

extension ByteBuffer {
    fileprivate mutating func writeValue(of name: StaticString, in attributes: AttributeList) {
        let found: Void? = attributes.withValue(of: name) { _, value in self.writeJSONString(utf8: value) }
        if found == nil { self.writeStaticString("null") }
    }
}
