import CloudEvents
import EventLog
import Foundation
import NIOCore

/// A message of one of the protocol bindings: what a suite gives, and what the router writes.
struct EventMessage {
    enum Binding: String, Sendable, CaseIterable {
        case http
        case kafka

        /// What names of attributes begin with.
        var prefix: String { self == .http ? "ce-" : "ce_" }
    }

    var binding: Binding
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?

    /// The content type, its name in any case.
    var contentType: String? { self.headers.first { $0.name.lowercased() == "content-type" }?.value }

    var isStructured: Bool { self.contentType?.lowercased().hasPrefix("application/cloudevents") ?? false }

    /// Reads the message as the router does.
    func events() throws -> [CloudEvent] {
        switch self.binding {
        case .kafka:
            var headers = RecordHeaders()
            for (name, value) in self.headers { headers.append(name: name, value: value) }
            let record = LogRecord(
                key: nil, headers: headers, value: self.body, timestamp: Timestamp(milliseconds: 0))
            return [try record.cloudEvent()]
        case .http:
            switch try HTTPBinding.mode(ofContentType: self.contentType) {
            case .structured: return [try JSONEventFormat.decode(self.body ?? ByteBuffer())]
            case .batched: return try JSONEventFormat.decodeBatch(self.body ?? ByteBuffer())
            case .binary:
                let event = try HTTPBinding.decodeBinary(
                    headers: self.headers, contentType: self.contentType, body: self.body)
                return [event]
            }
        }
    }

    /// Writes an event in binary mode.
    init(binary event: CloudEvent, binding: Binding) {
        self.binding = binding
        switch binding {
        case .http:
            var headers: [(name: String, value: String)] = []
            self.body = HTTPBinding.encodeBinary(event) { headers.append((name: $0, value: $1)) }
            self.headers = headers
        case .kafka:
            let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 0))
            var headers: [(name: String, value: String)] = []
            record.headers.forEach {
                headers.append((String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self)))
            }
            self.headers = headers
            self.body = record.value
        }
    }

    /// Writes events in structured mode: one, or, over HTTP only, a batch.
    init(structured events: [CloudEvent], isBatch: Bool = false, binding: Binding) {
        self.binding = binding
        var body = ByteBuffer()
        if isBatch {
            JSONEventFormat.encodeBatch(events, into: &body)
        } else {
            for event in events { JSONEventFormat.encode(event, into: &body) }
        }
        self.body = body
        self.headers = [
            ("content-type", isBatch ? JSONEventFormat.batchMediaType : JSONEventFormat.mediaType)
        ]
    }

    /// A message as a suite gives it.
    init(binding: Binding, headers: [(name: String, value: String)], body: ByteBuffer?) {
        self.binding = binding
        self.headers = headers
        self.body = body
    }

    /// The headers that carry attributes, names in lower case.
    var attributeHeaders: [String: String] {
        let own = self.headers.map { (name: $0.name.lowercased(), value: $0.value) }.filter {
            $0.name.hasPrefix(self.binding.prefix) || $0.name == "content-type"
        }
        return Dictionary(own.map { ($0.name, $0.value) }) { $1 }
    }
}
