import EventLog

/// The secrets of a subscription as they are stored.
public struct SealedSecrets: Sendable, Hashable {
    /// One that signs.
    public struct SigningSecret: Sendable, Hashable {
        /// What the router's keyring opens.
        public var sealed: String
        /// `whpk_…`; nil where both sides have the secret.
        public var publicKey: String?
        public var createdAt: Timestamp
        /// When it signs no more; nil: it goes on.
        public var expiresAt: Timestamp?

        public init(sealed: String, publicKey: String?, createdAt: Timestamp, expiresAt: Timestamp? = nil) {
            self.sealed = sealed
            self.publicKey = publicKey
            self.createdAt = createdAt
            self.expiresAt = expiresAt
        }

        /// Whether it signs at that time.
        public func isActive(at now: Timestamp) -> Bool { self.expiresAt.map { now < $0 } ?? true }
    }

    /// The newest first.
    public var signing: [SigningSecret] = []
    /// The value of `Authorization`, sealed.
    public var authorization: String?

    public init() {}

    /// Whether there is nothing to store.
    public var isEmpty: Bool { self.signing.isEmpty && self.authorization == nil }
}

extension SealedSecrets {
    /// Reads the stored form.
    init(_ reader: inout DocumentReader) {
        self.init()
        self.authorization = reader.string("authorization")
        self.signing =
            reader.objects("signing") { entry in
                entry.string("sealed").map { sealed in
                    SigningSecret(
                        sealed: sealed, publicKey: entry.string("publicKey"),
                        createdAt: Timestamp(milliseconds: entry.integer("createdAtMs") ?? 0),
                        expiresAt: entry.integer("expiresAtMs").map { Timestamp(milliseconds: $0) })
                }
            } ?? []
    }

    /// Writes the stored form.
    func encode(into container: KeyedEncodingContainer<DocumentKey>) throws {
        var container = container
        try container.encodeIfPresent(self.authorization, forKey: DocumentKey("authorization"))
        var entries = container.nestedUnkeyedContainer(forKey: DocumentKey("signing"))
        for secret in self.signing {
            var entry = entries.nestedContainer(keyedBy: DocumentKey.self)
            try entry.encode(secret.sealed, forKey: DocumentKey("sealed"))
            try entry.encodeIfPresent(secret.publicKey, forKey: DocumentKey("publicKey"))
            try entry.encode(secret.createdAt.milliseconds, forKey: DocumentKey("createdAtMs"))
            try entry.encodeIfPresent(secret.expiresAt?.milliseconds, forKey: DocumentKey("expiresAtMs"))
        }
    }
}
