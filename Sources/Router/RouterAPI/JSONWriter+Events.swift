import CloudEvents
import EventDispatch
import EventLog

extension JSONWriter {
    /// `{"topic","partition","offset"}`.
    mutating func position(_ name: StaticString, _ position: Position) {
        self.object(name) { json in
            json.member("topic", position.topic.name)
            json.member("partition", position.partition.value)
            json.member("offset", position.offset.value)
        }
    }

    /// An RFC 3339 time in UTC.
    mutating func time(_ name: StaticString, _ time: Timestamp) {
        self.member(name, RFC3339.text(milliseconds: time.milliseconds))
    }

    /// An event in structured mode; its `data` goes in as the bytes it has.
    mutating func event(_ name: StaticString, _ event: CloudEvent) {
        self.raw(name) { buffer in JSONEventFormat.encode(event, into: &buffer) }
    }

    /// `"event":{…},"position":{…},"timestamp":…` of the object that is open.
    mutating func storedEventMembers(_ stored: StoredEvent) {
        self.event("event", stored.event)
        self.position("position", stored.position)
        self.time("timestamp", stored.timestamp)
    }
}
