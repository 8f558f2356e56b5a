import CloudEvents
import EventLog
import NIOCore
import Transforms
import WebhookSignatures
import Webhooks

extension FuzzTarget {
    /// A line with the provider and a template behind a space, where there is one; then the message of a webhook that
    /// is known to be genuine.
    static func webhook(_ bytes: [UInt8]) -> Outcome {
        let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let words = String(decoding: first, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard let provider = words.first.flatMap({ WebhookProvider.named(String($0)) }) else { return .refused }
        var endpoint = WebhookEndpoint(id: "e", tenant: "t", provider: provider)
        if words.count > 1 {
            guard let template = try? AttributeTemplate(String(words[1])) else { return .refused }
            for attribute in WebhookMapping.Attribute.allCases { endpoint.mapping.templates[attribute] = [template] }
        }
        let message = Message(Array(bytes.dropFirst(first.count + 1)))
        let headers = message.headers.map {
            (
                name: String(decoding: $0.name, as: UTF8.self).lowercased(),
                value: String(decoding: $0.value, as: UTF8.self)
            )
        }
        let request = WebhookRequest(headers: headers, body: message.body ?? ByteBuffer())
        _ = WebhookChallenge.answer(to: request, of: provider)
        let events: [CloudEvent]
        do throws(CloudEventError) {
            events = try WebhookTranslator(endpoint, limits: CloudEventLimits())
                .events(of: request, arrival: Timestamp(milliseconds: 1_767_225_600_000))
        } catch {
            return error.reason.isEmpty ? .violated("an error without a reason") : .refused
        }
        for event in events {
            if let fault = EventInvariants.fault(of: event) { return .violated(fault) }
        }
        return .accepted
    }

    /// What is read must be written as it was, and as long as it was.
    static func spooledDelivery(_ bytes: [UInt8]) -> Outcome {
        guard let delivery = SpooledDelivery(ByteBuffer(bytes: bytes)) else { return .refused }
        guard Array(delivery.bytes.readableBytesView) == bytes else { return .violated("written again it is another") }
        if delivery.records.isEmpty { return .violated("a delivery of nothing") }
        return .accepted
    }

    static let spooledDeliveries: [[UInt8]] = [nil, [DeliveryKey(endpoint: "e", source: "/s", id: "1")]].map { keys in
        var headers = RecordHeaders()
        headers.append(name: "ce_id", value: "1")
        let record = LogRecord(
            key: ByteBuffer(string: "t|k"), headers: headers, value: ByteBuffer(string: "{}"),
            timestamp: Timestamp(milliseconds: 1_767_225_600_000))
        let delivery = SpooledDelivery(
            records: [
                ProducerRecord(topic: Topic("portarium.webhooks"), record: record),
                ProducerRecord(
                    topic: Topic("t"), partition: Partition(0),
                    record: LogRecord(key: nil, value: nil, timestamp: Timestamp(milliseconds: 0))),
            ],
            marker: keys.map { DeliveryMarker(expiresMilliseconds: 1_767_312_000_000, keys: $0) },
            arrival: Timestamp(milliseconds: 1_767_225_600_000))
        return Array(delivery.bytes.readableBytesView)
    }

    static let webhooks = [
        "github\ncontent-type:application/json\nx-github-event:issues\nx-github-delivery:1\n\n"
            + #"{"action":"opened","issue":{"number":7,"updated_at":"2026-01-01T00:00:00Z"},"repository":{"url":"u"}}"#,
        "github type.{/a/0|slug}{kind|dots}\ncontent-type:application/x-www-form-urlencoded\nx-github-event:push\n\n"
            + "payload=%7B%22a%22%3A%5B%22x+y%22%5D%7D&b=c",
        "gitlab {?/object_kind=note}{/object_attributes/url|before:#|origin}\nx-gitlab-event:Note Hook\n\n"
            + #"{"object_kind":"note","object_attributes":{"noteable_type":"Issue","url":"https://g.test/#note_1"}}"#,
        "mautic\nx-origin-base-url:https://m.example\n\n"
            + #"{"mautic.a":[{"contact":{"id":1},"timestamp":"2026-01-01T00:00:00+00:00"},1],"b":[],"c":2}"#,
        "twilio\ncontent-type:application/x-www-form-urlencoded\n\nMessageSid=SM1&SmsStatus=sent",
        "slack\ncontent-type:application/json\n\n{\"type\":\"url_verification\",\"challenge\":\"x\"}",
        "stripe {{{hash}}}{/created}\n\n{\"id\":\"evt\",\"created\":1767225600,\"type\":\"a.b\"}",
        "bearer\nce-specversion:1.0\nce-id:1\nce-source:/s\nce-type:t\ncontent-type:text/plain\n\nhello",
        "hmac {header:x-a|lower|parent}\nx-a:HTTPS://A/B/C\ncontent-type:text/plain\n\nnot json",
        "standard-webhooks\nwebhook-id:m\nwebhook-timestamp:1767225600\n\n{\"type\":\"a\",\"data\":{\"id\":\"1\"}}",
    ]

    static let webhookWords = [
        "{/a}", "{/", "}", "{header:", "{form:", "{hash}", "{endpoint}", "{kind}", "{?/a=b}", "|lower", "|slug",
        "|dots",
        "|origin", "|parent", "|before:", "|after:", "{{", "}}", "%7B", "%", "+", "&", "=", "payload=", "[", "]", "1e9",
        "\"action\":\"x\"", "application/json", "application/x-www-form-urlencoded", "application/cloudevents+json",
        "text/plain", "jira\n", "linear\n", "shopify\n", "frappe\n", "zammad\n", "gitea\n", "pagerduty\n", "circleci\n",
    ]
}
