import Crypto

/// The ways to sign in that a listener knows.
package enum SASLMechanism: String, CaseIterable, Sendable, CustomStringConvertible {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"

    package var description: String { self.rawValue }

    func exchange(_ sasl: ListenerSecurity.SASL) -> any SASLExchange {
        switch self {
        case .plain: PlainExchange(users: sasl.users)
        case .scramSHA256: SCRAMExchange<SHA256>(users: sasl.users, takesRepeatedNonces: sasl.takesRepeatedNonces)
        case .scramSHA512: SCRAMExchange<SHA512>(users: sasl.users, takesRepeatedNonces: sasl.takesRepeatedNonces)
        case .oauthBearer: BearerExchange(takesToken: sasl.takesToken)
        }
    }
}
