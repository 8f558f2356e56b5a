import Identity

/// Whose tokens are taken, and where the keys come from that they are signed with.
public struct TokenVerifierConfiguration: Sendable {
    /// Algorithms that can be allowed: all of them sign with a key that only the issuer has. `none` and the symmetric
    /// ones are not among them, whatever a token says.
    public static let algorithmsKnown = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    /// What claims must say.
    public var policy: TokenPolicy
    /// The issuer's JWK set; nil: found by OpenID Connect Discovery.
    public var keySetURL: String?
    /// Some of ``algorithmsKnown``.
    public var algorithms = ["RS256", "ES256", "EdDSA"]
    /// How often the keys are fetched in any case. At least 1 s; default 5 min.
    public var refreshInterval: Duration = .seconds(300)
    /// How long after a fetch an unknown key may cause the next one. Default 30 s.
    public var unknownKeyInterval: Duration = .seconds(30)
    /// How long one request to the issuer may take. Default 5 s.
    public var fetchTimeoutSeconds: Int64 = 5
    /// Bytes of an answer of the issuer at most. Default 512 KiB.
    public var answerBytesMax = 524_288
    /// Keys of a set at most; further ones are left out. Default 200.
    public var keysMax = 200
    /// Bytes of a token at most. Default 16 KiB.
    public var tokenBytesMax = 16_384
    /// Verified tokens that are remembered. Default 10,000.
    public var rememberedTokensMax = 10_000
    /// How long one is remembered at most, in milliseconds; not beyond its end. Default 5 min.
    public var rememberedMillisecondsMax: Int64 = 300_000

    /// The defaults.
    public init(policy: TokenPolicy) { self.policy = policy }

    /// Whether keys may be fetched from there: over TLS, or from this machine.
    public static func isTrustworthy(url: String) -> Bool {
        let text = url.lowercased()
        guard !text.contains(where: { $0.isWhitespace || $0 == "#" }) else { return false }
        if text.hasPrefix("https://") { return text.utf8.count > 8 && !text.dropFirst(8).hasPrefix("/") }
        guard text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains { host in
            authority == host
                || authority.hasPrefix(host + ":") && authority.dropFirst(host.count + 1).allSatisfy(\.isNumber)
        }
    }
}
