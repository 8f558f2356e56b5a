import CloudEvents
import EventLog
import NIOCore

extension FuzzTarget {
    /// Header lines up to an empty one, then the body. A line without a colon is a header without a value; a line `-`
    /// instead of the empty one says that there is no body.
    struct Message {
        var headers: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        var body: ByteBuffer?

        init(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
                let line = rest[..<end]
                rest = rest[min(end + 1, rest.endIndex)...]
                if line.isEmpty {
                    self.body = ByteBuffer(bytes: rest)
                    return
                }
                if line == [UInt8(ascii: "-")] { return }
                let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
                self.headers.append((line[..<colon], line[min(colon + 1, line.endIndex)...]))
            }
        }
    }

    static func httpMessage(_ bytes: [UInt8]) -> Outcome {
        let message = Message(bytes)
        let headers = message.headers.map {
            (name: String(decoding: $0.name, as: UTF8.self), value: String(decoding: $0.value, as: UTF8.self))
        }
        let contentType = headers.last { $0.name.lowercased() == "content-type" }?.value
        guard let mode = try? HTTPBinding.mode(ofContentType: contentType) else { return .refused }
        guard mode == .binary else { return .accepted }
        let event: CloudEvent
        do throws(CloudEventError) {
            event = try HTTPBinding.decodeBinary(headers: headers, contentType: contentType, body: message.body)
        } catch {
            return error.reason.isEmpty ? .violated("an error without a reason") : .refused
        }
        let shouted = headers.map { (name: $0.name.uppercased(), value: $0.value) }
        // Upper case of other scripts is another name, which may or may not be one of ours.
        if headers.allSatisfy({ $0.name.utf8.allSatisfy { $0 < 0x80 } }) {
            let again = try? HTTPBinding.decodeBinary(headers: shouted, contentType: contentType, body: message.body)
            guard again == event else { return .violated("the case of names matters") }
        }
        return EventInvariants.fault(of: event).map { .violated($0) } ?? .accepted
    }

    static func kafkaRecord(_ bytes: [UInt8]) -> Outcome {
        let message = Message(bytes)
        var headers = RecordHeaders()
        for (name, value) in message.headers where name.count <= 65_535 {
            name.withUnsafeBytes { name in
                value.withUnsafeBytes { headers.append(prefix: "", name: name, value: $0) }
            }
        }
        return self.record(headers: headers, value: message.body)
    }

    static func recordHeaders(_ bytes: [UInt8]) -> Outcome {
        guard let headers = try? RecordHeaders(packed: ByteBuffer(bytes: bytes)) else { return .refused }
        var copy = RecordHeaders()
        headers.forEach { copy.append(prefix: "", name: $0, value: $1) }
        guard copy == headers else { return .violated("headers packed again are others") }
        let outcome = self.record(headers: headers, value: nil)
        return outcome == .refused ? .accepted : outcome
    }

    /// Records are checked lightly, so that an event of one need not be valid; but what is read stays as it is.
    private static func record(headers: RecordHeaders, value: ByteBuffer?) -> Outcome {
        let record = LogRecord(key: nil, headers: headers, value: value, timestamp: Timestamp(milliseconds: 0))
        let event: CloudEvent
        do throws(CloudEventError) {
            event = try record.cloudEvent()
        } catch {
            return error.reason.isEmpty ? .violated("an error without a reason") : .refused
        }
        if (try? event.validate()) != nil {
            return EventInvariants.fault(of: event).map { .violated($0) } ?? .accepted
        }
        return EventInvariants.faultOfUnchecked(event).map { .violated($0) } ?? .accepted
    }
}
