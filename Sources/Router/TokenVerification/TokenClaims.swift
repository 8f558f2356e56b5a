import Identity
import JWTKit

/// All claims of a token as they are. What they must say is `TokenPolicy`'s.
struct TokenClaims: JWTPayload {
    let values: [String: ClaimValue]

    init(from decoder: any Decoder) throws {
        self.values = try decoder.singleValueContainer().decode([String: ClaimValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.values)
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
