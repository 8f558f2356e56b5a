import EventLog
import WebhookSignatures

/// What signs the deliveries of a subscription, for those who may know it.
public struct SigningSecretsView: Sendable {
    /// One of them.
    public struct Secret: Sendable {
        /// `whsec_…`; nil for ed25519, whose private keys nobody is shown.
        public var secret: String?
        /// `whpk_…`; nil where both sides have the secret.
        public var publicKey: String?
        public var createdAt: Timestamp
        /// When it signs no more; nil: it goes on.
        public var expiresAt: Timestamp?

        public init(secret: String?, publicKey: String?, createdAt: Timestamp, expiresAt: Timestamp?) {
            self.secret = secret
            self.publicKey = publicKey
            self.createdAt = createdAt
            self.expiresAt = expiresAt
        }
    }

    public var scheme: WebhookSigner.Scheme
    /// Those that are active, the newest first.
    public var secrets: [Secret]

    public init(scheme: WebhookSigner.Scheme, secrets: [Secret]) {
        self.scheme = scheme
        self.secrets = secrets
    }
}
