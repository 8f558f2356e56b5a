import CloudEvents
import Crypto

/// `webhook-id` of Standard Webhooks: the same for every attempt on the same events.
enum WebhookIdentity {
    private static let bytes = 16

    /// `msg_` and 128 bits of SHA-256 over the sources and ids of the events, in their order; no full stop is in it,
    /// which would let other bytes pass for a timestamp.
    static func id(of events: some Sequence<CloudEvent>) -> String {
        var hash = SHA256()
        for event in events {
            for name: StaticString in ["tenantid", "source", "id"] {
                _ = event.attributes.withValue(of: name) { _, value in hash.update(bufferPointer: value) }
                // No UTF-8 has this byte: it keeps parts from running into each other.
                hash.update(data: [0xff])
            }
        }
        let digits = Array("0123456789abcdef".utf8)
        let text = hash.finalize().prefix(self.bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "msg_" + String(decoding: text, as: UTF8.self)
    }
}
