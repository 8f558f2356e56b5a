import CloudEvents
import NIOCore

extension FuzzTarget {
    static func event(_ bytes: [UInt8]) -> Outcome {
        do throws(CloudEventError) {
            let event = try JSONEventFormat.decode(ByteBuffer(bytes: bytes))
            return EventInvariants.fault(of: event).map { .violated($0) } ?? .accepted
        } catch {
            return self.fault(of: error, length: bytes.count, isBatch: false).map { .violated($0) } ?? .refused
        }
    }

    static func batch(_ bytes: [UInt8]) -> Outcome {
        let events: [CloudEvent]
        do throws(CloudEventError) {
            events = try JSONEventFormat.decodeBatch(ByteBuffer(bytes: bytes))
        } catch {
            return self.fault(of: error, length: bytes.count, isBatch: true).map { .violated($0) } ?? .refused
        }
        for event in events {
            if let fault = EventInvariants.fault(of: event) { return .violated(fault) }
        }
        var text = ByteBuffer()
        JSONEventFormat.encodeBatch(events, into: &text)
        guard let again = try? JSONEventFormat.decodeBatch(text) else {
            return .violated("the batch is not read again")
        }
        let singles = events.map { try? EventInvariants.written($0) }
        return again == singles ? .accepted : .violated("the batch says something else than its events")
    }

    static func contentType(_ bytes: [UInt8]) -> Outcome {
        let text = String(decoding: bytes, as: UTF8.self)
        var event = CloudEvent(id: "1", source: "/s", type: "t")
        event.attributes.append(name: "datacontenttype", value: text)
        let mode = try? HTTPBinding.mode(ofContentType: text)
        guard (try? event.validate()) != nil else { return .refused }
        guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return .violated("a media type that is not printable ASCII")
        }
        let isStructured = text.lowercased().hasPrefix("application/cloudevents")
        guard mode == .binary || isStructured else {
            return .violated("\(String(describing: mode)) without the prefix")
        }
        event.data = ByteBuffer(string: "{}")
        return EventInvariants.fault(of: event).map { .violated($0) } ?? .accepted
    }

    static func timestamp(_ bytes: [UInt8]) -> Outcome {
        guard let milliseconds = bytes.withUnsafeBytes({ RFC3339.milliseconds($0) }) else { return .refused }
        let allowed = Array("0123456789-:.+TtZz".utf8)
        guard bytes.count >= 20, bytes.allSatisfy(allowed.contains) else { return .violated("foreign characters") }
        // An offset may lead out of the years that the text can name.
        guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { return .accepted }
        let text = RFC3339.text(milliseconds: milliseconds)
        return RFC3339.milliseconds(text) == milliseconds ? .accepted : .violated("\(text) is another time")
    }

    /// What is wrong with an error: it tells no place in the document, or no reason.
    private static func fault(of error: CloudEventError, length: Int, isBatch: Bool) -> String? {
        guard let place = error.byteOffset, (0...length).contains(place), !error.reason.isEmpty else {
            return "an error without a place: \(error)"
        }
        guard isBatch || error.index == nil else { return "an index outside of a batch: \(error)" }
        return nil
    }
}
