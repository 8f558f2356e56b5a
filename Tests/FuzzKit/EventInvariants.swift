import CloudEvents
import EventLog
import NIOCore

/// What holds of every event that was taken: it is valid, and every format and binding carries it unchanged.
public enum EventInvariants {
    /// What does not hold; nil where all does.
    public static func fault(of event: CloudEvent) -> String? {
        do {
            try event.validate()
            let written = try self.written(event)
            guard try self.written(written) == written else { return "JSON changes it the second time" }
            guard self.isSame(written, event) else { return "JSON changes it" }
            guard try self.logged(event) == event else { return "the log changes it" }
            guard try self.logged(written) == written else { return "the log changes it after JSON" }
            let (sent, isStructured) = try self.sent(event)
            guard self.texts(of: sent) == self.texts(of: event) else { return "HTTP changes its attributes" }
            if isStructured { return self.isSame(sent, event) ? nil : "HTTP changes an event that carries one" }
            let isAbsent = event.dataContentType == nil && event.data?.readableBytes == 0
            return sent.data == (isAbsent ? nil : event.data) ? nil : "HTTP changes its data"
        } catch {
            return "\(error)"
        }
    }

    /// The same for an event of the log, which need not be valid: it may be refused, but not changed.
    static func faultOfUnchecked(_ event: CloudEvent) -> String? {
        guard (try? self.logged(event)) == event else { return "the log changes it" }
        if let written = try? self.written(event), !self.isSame(written, event) { return "JSON changes it" }
        guard let (sent, _) = try? self.sent(event) else { return nil }
        return self.texts(of: sent) == self.texts(of: event) ? nil : "HTTP changes its attributes"
    }

    /// The event after the JSON format.
    public static func written(_ event: CloudEvent) throws -> CloudEvent {
        var text = ByteBuffer()
        JSONEventFormat.encode(event, into: &text)
        return try JSONEventFormat.decode(text)
    }

    private static func logged(_ event: CloudEvent) throws -> CloudEvent {
        try LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 0)).cloudEvent()
    }

    /// The event after binary mode over HTTP, or structured mode where its data is itself an event.
    private static func sent(_ event: CloudEvent) throws -> (event: CloudEvent, isStructured: Bool) {
        var headers: [(name: String, value: String)] = []
        var contentType: String?
        let body = HTTPBinding.encodeBinary(event) { name, value in
            if name == "content-type" { contentType = value } else { headers.append((name, value)) }
        }
        if try HTTPBinding.mode(ofContentType: contentType) == .structured {
            return (try JSONEventFormat.decode(body ?? ByteBuffer()), true)
        }
        for (name, value) in headers {
            guard (name + value).utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw CloudEventError(.invalidAttributeValue, reason: "a header that HTTP does not carry: \(name)")
            }
        }
        return (try HTTPBinding.decodeBinary(headers: headers, contentType: contentType, body: body), false)
    }

    /// Whether JSON says the same: data without a type may have become JSON, and JSON loses the space around it.
    private static func isSame(_ written: CloudEvent, _ event: CloudEvent) -> Bool {
        var expected = event
        if event.data != nil, event.dataContentType == nil, written.dataContentType == "application/json" {
            expected.attributes.append(name: "datacontenttype", value: "application/json")
        }
        guard written.attributes == expected.attributes else { return false }
        return written.data == event.data || written.data.map(self.trimmed) == event.data.map(self.trimmed)
    }

    private static func trimmed(_ data: ByteBuffer) -> [UInt8] {
        let space: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        return Array(
            data.readableBytesView.drop { space.contains($0) }.reversed().drop { space.contains($0) }.reversed())
    }

    /// The attributes as text, which is all that headers carry.
    private static func texts(of event: CloudEvent) -> [String: String] {
        var texts: [String: String] = [:]
        event.attributes.forEach { name, value, _ in
            texts[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        // HTTP does not count white space at the ends to a header's value.
        texts["datacontenttype"] = texts["datacontenttype"].map { text in
            String(decoding: self.trimmed(ByteBuffer(string: text)), as: UTF8.self)
        }
        return texts
    }
}
