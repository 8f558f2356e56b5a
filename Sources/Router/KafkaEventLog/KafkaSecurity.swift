/// How the connections to the brokers are secured.
public struct KafkaSecurity: Sendable, Hashable {
    /// How the client says who it is, over SASL.
    public enum Authentication: Sendable, Hashable {
        case plain(user: String, password: String)
        case scramSHA256(user: String, password: String)
        case scramSHA512(user: String, password: String)
        /// OIDC client credentials: a token is fetched from the endpoint and renewed before it expires.
        case oauthBearer(tokenEndpoint: String, clientID: String, clientSecret: String, scope: String?)
    }

    /// Encryption of the connections; nil: none.
    public struct TLS: Sendable, Hashable {
        /// File with the certificates of the authorities to trust, PEM; nil: the system's.
        public var authorityFile: String?
        /// File with the client's certificate chain, PEM, for mTLS.
        public var certificateFile: String?
        /// File with the client's private key, PEM.
        public var keyFile: String?
        /// What the key is encrypted with.
        public var keyPassword: String?
        /// Whether the broker's name must be the certificate's. Default true.
        public var verifiesHostname = true

        public init() {}
    }

    /// nil: nobody.
    public var authentication: Authentication?
    public var tls: TLS?

    public init(authentication: Authentication? = nil, tls: TLS? = nil) {
        self.authentication = authentication
        self.tls = tls
    }
}
