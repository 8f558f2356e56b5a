/// How the router says to brokers who it is.
enum SASLMechanism: String, Sendable, Hashable, CaseIterable {
    /// It does not, or with a certificate.
    case none
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
    /// OIDC client credentials.
    case oauthBearer = "OAUTHBEARER"

    /// Whether a user and a password belong to it.
    var takesPassword: Bool { self != .none && self != .oauthBearer }
}
