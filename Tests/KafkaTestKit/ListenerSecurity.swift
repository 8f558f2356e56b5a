/// What a ``TCPProxy`` asks of its clients before their requests reach the broker behind it, which asks nothing.
package struct ListenerSecurity: Sendable {
    /// Encryption, and who has to show a certificate.
    package struct TLS: Sendable {
        /// The listener's certificate, PEM.
        package var certificateFile: String
        /// Its private key, PEM.
        package var keyFile: String
        /// Clients must show a certificate of this authority, PEM; nil: none is asked for.
        package var clientAuthorityFile: String?

        package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.clientAuthorityFile = clientAuthorityFile
        }
    }

    /// Who is let in.
    package struct SASL: Sendable {
        package var mechanisms: [SASLMechanism]
        /// Passwords by user.
        package var users: [String: String]
        /// With SCRAM, whether a client may put its nonce before the listener's once more, as librdkafka before 2.6.1
        /// does: Kafka 3.8.1 takes that, Kafka 4 does not.
        package var takesRepeatedNonces = true
        /// Whether a bearer's token is good.
        package var takesToken: @Sendable (String) -> Bool

        package init(
            _ mechanisms: [SASLMechanism], users: [String: String] = [:],
            takesToken: @escaping @Sendable (String) -> Bool = { _ in false }
        ) {
            self.mechanisms = mechanisms
            self.users = users
            self.takesToken = takesToken
        }
    }

    package var tls: TLS?
    package var sasl: SASL?

    package init(tls: TLS? = nil, sasl: SASL? = nil) {
        self.tls = tls
        self.sasl = sasl
    }
}
