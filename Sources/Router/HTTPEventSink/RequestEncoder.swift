import AsyncHTTPClient
import CloudEvents
import Delivery
import EventLog
import NIOCore
import NIOHTTP1
import Subscriptions
import Traces

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the request of an attempt.
struct RequestEncoder: Sendable {
    /// Fills the destination's template with the attempt's events.
    ///
    /// - Parameter spanID: of the request, which receivers see as their parent.
    /// - Throws: ``DestinationFault`` where the attempt has no event, or several in a mode that carries one.
    func request(
        for attempt: DeliveryAttempt, from template: HTTPClientRequest, spanID: UInt64
    ) throws(DestinationFault) -> HTTPClientRequest {
        var request = template
        if attempt.destination.mode == .batched {
            guard !attempt.elements.isEmpty else { throw DestinationFault("the batch is empty") }
            self.encodeBatch(attempt, spanID, into: &request)
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
        self.addIdentity(
            of: event, Self.hop(of: attempt, spanID) ?? HopTrace.parent(of: event, spanID: spanID), to: &headers)
        Self.sign(attempt, [event], body, &headers)
        request.headers = headers
        request.body = body.map { .bytes($0) }
        return request
    }

    /// The `traceparent` of a request whose attempt is part of a trace already.
    private static func hop(of attempt: DeliveryAttempt, _ spanID: UInt64) -> TraceParent? {
        attempt.traceParent.map { TraceParent(traceID: $0.traceID, parentID: spanID, flags: $0.flags) }
    }

    private func addIdentity(of event: CloudEvent, _ hop: TraceParent, to headers: inout HTTPHeaders) {
        let attributes = event.attributes
        for (name, header) in Self.identityHeaders {
            if let value = attributes.withValue(of: name, { _, value in HeaderText.encoded(value) }) {
                headers.add(name: header, value: value)
            }
        }
        headers.add(name: "traceparent", value: hop.text)
        if let state = HopTrace.state(of: event) { headers.add(name: "tracestate", value: state) }
        let key = attributes.withValue(of: "source") { _, source in
            attributes.withValue(of: "id") { _, id in HeaderText.idempotencyKey(source: source, id: id) }
        }
        if let key = key ?? nil { headers.add(name: "Idempotency-Key", value: key) }
    }

    /// What all events of a batch share is said in the headers.
    private func encodeBatch(_ attempt: DeliveryAttempt, _ spanID: UInt64, into request: inout HTTPClientRequest) {
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
        let parent = Self.hop(of: attempt, spanID) ?? HopTrace.parent(ofBatch: events, spanID: spanID)
        request.headers.add(name: "traceparent", value: parent.text)
        let states = Set(events.map { HopTrace.state(of: $0) })
        if states.count == 1, let state = states.first ?? nil { request.headers.add(name: "tracestate", value: state) }
        request.headers.add(name: "Idempotency-Key", value: Self.idempotencyKey(of: events))
        Self.sign(attempt, events, json, &request.headers)
        request.body = .bytes(json)
    }

    /// The headers of Standard Webhooks, where the destination is signed for. Each attempt has a time of its own.
    private static func sign(
        _ attempt: DeliveryAttempt, _ events: [CloudEvent], _ body: ByteBuffer?, _ headers: inout HTTPHeaders
    ) {
        let trust = attempt.destination.trust
        guard !trust.signing.isEmpty else { return }
        let id = WebhookIdentity.id(of: events)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        headers.add(name: "webhook-id", value: id)
        headers.add(name: "webhook-timestamp", value: "\(now.milliseconds / 1_000)")
        headers.add(name: "webhook-signature", value: trust.signature(id: id, timestamp: now, body: body))
    }

    /// Names of attributes, and the headers under which systems that know no CloudEvents look for them.
    private static let identityHeaders: [(StaticString, String)] = [
        ("tenantid", "tenantId"), ("correlationid", "correlationId"), ("runid", "runId"),
    ]

    /// `batch-` and 128 bits of FNV-1a over sources and ids in their order: the same events give the same key.
    static func idempotencyKey(of events: [CloudEvent]) -> String {
        let digits = String(FNV1a128.hash(identitiesOf: events), radix: 16)
        return "batch-" + String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}
