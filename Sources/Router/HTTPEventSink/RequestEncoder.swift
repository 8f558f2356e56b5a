import AsyncHTTPClient
import CloudEvents
import Delivery
import NIOCore
import NIOHTTP1
import Subscriptions

/// Makes the request of an attempt.
struct RequestEncoder: Sendable {
    let spanIDs: SpanIDs

    /// Fills the destination's template with the attempt's events.
    ///
    /// - Throws: ``DestinationFault`` where the attempt has no event, or several in a mode that carries one.
    func request(
        for attempt: DeliveryAttempt, from template: HTTPClientRequest
    ) throws(DestinationFault) -> HTTPClientRequest {
        var request = template
        if attempt.destination.mode == .batched {
            guard !attempt.elements.isEmpty else { throw DestinationFault("the batch is empty") }
            self.encodeBatch(attempt, into: &request)
            return request
        }
        guard attempt.elements.count == 1, var event = attempt.elements.first?.event else {
            throw DestinationFault("a request in this mode carries exactly one event")
        }
        if let replayID = attempt.replayID { event.attributes.set("replayid", to: replayID) }
        var headers = template.headers
        headers.reserveCapacity(template.headers.count + event.attributes.count + 6)
        let body: ByteBuffer?
        if attempt.destination.mode == .structured {
            headers.add(name: "content-type", value: JSONEventFormat.mediaType)
            var json = ByteBuffer()
            JSONEventFormat.encode(event, into: &json)
            body = json
        } else {
            body = HTTPBinding.encodeBinary(event) { headers.add(name: $0, value: $1) }
        }
        self.addIdentity(of: event, to: &headers)
        request.headers = headers
        request.body = body.map { .bytes($0) }
        return request
    }

    private func addIdentity(of event: CloudEvent, to headers: inout HTTPHeaders) {
        let attributes = event.attributes
        for (name, header) in Self.identityHeaders {
            if let value = attributes.withValue(of: name, { _, value in HeaderText.encoded(value) }) {
                headers.add(name: header, value: value)
            }
        }
        let parent = attributes.withValue(of: "traceparent") { _, value in
            TraceContext.child(of: value, spanID: self.spanIDs.next())
        }
        if let parent = parent ?? nil {
            headers.add(name: "traceparent", value: parent)
            let state = attributes.withValue(of: "tracestate") { _, value in
                TraceContext.isState(value) ? String(decoding: value, as: UTF8.self) : nil
            }
            if let state = state ?? nil { headers.add(name: "tracestate", value: state) }
        }
        let key = attributes.withValue(of: "source") { _, source in
            attributes.withValue(of: "id") { _, id in HeaderText.idempotencyKey(source: source, id: id) }
        }
        if let key = key ?? nil { headers.add(name: "Idempotency-Key", value: key) }
    }

    /// A batch has no trace of its own; what all of its events share is said in the headers.
    private func encodeBatch(_ attempt: DeliveryAttempt, into request: inout HTTPClientRequest) {
        var events = attempt.elements.map { $0.event }
        if let replayID = attempt.replayID {
            for index in events.indices { events[index].attributes.set("replayid", to: replayID) }
        }
        var json = ByteBuffer()
        JSONEventFormat.encodeBatch(events, into: &json)
        request.headers.add(name: "content-type", value: JSONEventFormat.batchMediaType)
        for (name, header) in Self.identityHeaders {
            let first = events[0].attributes.withValue(of: name) { _, value in HeaderText.encoded(value) }
            guard let first else { continue }
            let isShared = events.dropFirst().allSatisfy { event in
                event.attributes.withValue(of: name) { _, value in HeaderText.encoded(value) == first } ?? false
            }
            if isShared { request.headers.add(name: header, value: first) }
        }
        request.headers.add(name: "Idempotency-Key", value: Self.idempotencyKey(of: events))
        request.body = .bytes(json)
    }

    /// Names of attributes, and the headers under which systems that know no CloudEvents look for them.
    private static let identityHeaders: [(StaticString, String)] = [
        ("tenantid", "tenantId"), ("correlationid", "correlationId"), ("runid", "runId"),
    ]

    /// `batch-` and 128 bits of FNV-1a over sources and ids in their order: the same events give the same key.
    static func idempotencyKey(of events: [CloudEvent]) -> String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        func mix(_ byte: UInt8) {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
        }
        for event in events {
            for name: StaticString in ["source", "id"] {
                _ = event.attributes.withValue(of: name) { _, value in value.forEach(mix) }
                // No UTF-8 has this byte: it keeps parts from running into each other.
                mix(0xff)
            }
        }
        let digits = String(hash, radix: 16)
        return "batch-" + String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}
