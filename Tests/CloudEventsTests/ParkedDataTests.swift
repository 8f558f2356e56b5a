import CloudEvents
import EventLog
import NIOCore
import Testing

/// A record says where parked data lie, in headers that no attribute can become.
struct ParkedDataTests {
    private static let parked = ParkedData(
        key: "p/t/2026-01-01/u", reference: "s3://b/p/t/2026-01-01/u", length: 3_000_000,
        sha256: String(repeating: "a", count: 64))

    private static func event(_ attributes: [(String, String)] = []) -> CloudEvent {
        var event = CloudEvent(id: "1", source: "/s", type: "t")
        for (name, value) in attributes { event.attributes.append(name: name, value: value) }
        event.parkedData = Self.parked
        return event
    }

    private static func record(_ event: CloudEvent) -> LogRecord {
        LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 1))
    }

    @Test(
        arguments: [
            [], [("dataref", "https://example.com/own")], [("dataref", "first"), ("z", "last")],
            [("datacontenttype", "application/cloudevents+json")],
            [("datacontenttype", "application/cloudevents+json"), ("dataref", "own")],
        ] as [[(String, String)]])
    func eventsWithParkedDataComeBackUnchanged(attributes: [(String, String)]) throws {
        let event = Self.event(attributes)
        let record = Self.record(event)
        #expect(record.headers["ce_dataref"] == Self.parked.reference)
        #expect(try record.cloudEvent() == event)
        // Dead letters and redrives write what was read.
        #expect(try Self.record(try record.cloudEvent()).cloudEvent() == event)
    }

    @Test func othersSeeAReference() throws {
        let event = Self.event([("dataref", "own"), ("more", "1")])
        let shown = event.withDataReference
        #expect(shown.attributes["dataref"] == Self.parked.reference)
        #expect(shown.parkedData == nil)
        #expect(shown.data == nil)
        var json = ByteBuffer()
        JSONEventFormat.encode(event, into: &json)
        let members = #""specversion":"1.0","id":"1","source":"/s","type":"t""#
        #expect(String(buffer: json) == "{\(members),\"dataref\":\"\(Self.parked.reference)\",\"more\":\"1\"}")
        var headers: [String: String] = [:]
        let body = HTTPBinding.encodeBinary(event) { headers[$0] = $1 }
        #expect(body == nil)
        #expect(headers["ce-dataref"] == Self.parked.reference)
        #expect(CloudEvent(id: "1", source: "/s", type: "t").withDataReference.parkedData == nil)
    }

    @Test func whatIsNotAllThereIsNoEvent() throws {
        let names = ["portarium_parked", "portarium_parked_bytes", "portarium_parked_sha256", "ce_dataref"]
        let whole = Self.record(Self.event())
        for missing in names {
            var headers = RecordHeaders()
            whole.headers.forEach { name, value in
                guard !name.elementsEqual(missing.utf8) else { return }
                headers.append(prefix: "", name: name, value: value)
            }
            var record = whole
            record.headers = headers
            #expect(throws: CloudEventError.self, "\(missing)") { try record.cloudEvent() }
        }
        for (name, value) in [
            ("portarium_parked_bytes", "-1"), ("portarium_parked_bytes", "x"),
            ("portarium_parked_bytes", "99999999999"),
            ("portarium_parked_sha256", "aa"), ("portarium_parked", ""),
        ] {
            var record = whole
            record.headers.append(name: name, value: value)
            #expect(throws: CloudEventError.self, "\(name) \(value)") { try record.cloudEvent() }
        }
    }

    @Test func attributesOfTheSameNamesMeanNothing() throws {
        var event = CloudEvent(id: "1", source: "/s", type: "t")
        event.attributes.append(name: "dataref", value: "s3://b/k")
        event.attributes.append(name: "portariumparked", value: "k")
        let read = try Self.record(event).cloudEvent()
        #expect(read == event)
        #expect(read.parkedData == nil)
    }
}
