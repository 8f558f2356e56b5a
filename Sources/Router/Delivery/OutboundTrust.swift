import EventLog
import NIOCore
import WebhookSignatures

/// What the requests of a destination prove to whom they reach. In memory only: it holds secrets.
public struct OutboundTrust: Sendable {
    /// What signs, and until when.
    public struct SigningKey: Sendable {
        public var signer: WebhookSigner
        /// nil: it goes on.
        public var expiresAt: Timestamp?

        public init(signer: WebhookSigner, expiresAt: Timestamp?) {
            self.signer = signer
            self.expiresAt = expiresAt
        }
    }

    /// What `Authorization` says.
    public enum Authorization: Sendable {
        case value(String)
        /// What a file of the tenant says at the time of the request.
        case file(tenant: String, name: String)
    }

    /// Each signs every request, the newest first; empty: requests are not signed.
    public var signing: [SigningKey] = []
    public var authorization: Authorization?
    /// Whether requests name their origin, as they do after a handshake.
    public var namesOrigin = false
    /// Why nothing can be sent now, in a few words; nil: it can.
    public var fault: String?

    public init() {}

    /// The value of `webhook-signature`: one item for each key that is active.
    public func signature(id: String, timestamp: Timestamp, body: ByteBuffer?) -> String {
        let seconds = timestamp.milliseconds / 1_000
        return self.signing.filter { key in key.expiresAt.map { timestamp < $0 } ?? true }
            .map { $0.signer.signature(id: id, timestamp: seconds, body: body) }.joined(separator: " ")
    }
}
