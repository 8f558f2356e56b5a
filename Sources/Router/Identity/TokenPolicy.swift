/// What the claims of a token must say, once its signature is known to be good, and whom they make of its bearer
/// (RFC 7519, section 4.1).
public struct TokenPolicy: Sendable, Hashable {
    /// `iss`, exactly.
    public var issuer: String
    /// What `aud` is or has.
    public var audience: String
    /// How far the issuer's clock and ours may be apart, in seconds, `0...600`.
    public var clockSkewSeconds = 60
    /// Where the tenant is; the first one that is there counts. A dot goes into an object.
    public var tenantClaims = ["workspaceId", "tenantId"]
    /// Where the names of roles are.
    public var rolesClaim = "roles"

    /// Bytes of a subject at most, as OpenID Connect has it.
    private static let subjectBytesMax = 255
    /// No time that a token may name is later: 9999-12-31.
    private static let secondsMax = 253_402_300_799.0

    /// A policy with the defaults.
    public init(issuer: String, audience: String) {
        self.issuer = issuer
        self.audience = audience
    }

    /// - Parameter now: in milliseconds since 1970.
    public func verdict(on claims: [String: ClaimValue], at now: Int64) -> TokenVerdict {
        guard claims["iss"] == .text(self.issuer) else {
            return .invalid(reason: "the token is of another issuer than auth.jwtIssuer")
        }
        guard claims["aud"]?.texts.contains(self.audience) == true else {
            return .invalid(reason: "the token is for another audience than auth.jwtAudience")
        }
        let (seconds, skew) = (Double(now) / 1_000, Double(self.clockSkewSeconds))
        guard case .number(let end)? = claims["exp"], (0...Self.secondsMax).contains(end) else {
            return .invalid(reason: "the token does not say when it ends (exp)")
        }
        guard seconds < end + skew else { return .invalid(reason: "the token has expired") }
        if let start = claims["nbf"] {
            guard case .number(let start) = start, start <= seconds + skew else {
                return .invalid(reason: "the token is not valid yet (nbf)")
            }
        }
        guard case .text(let subject)? = claims["sub"], (1...Self.subjectBytesMax).contains(subject.utf8.count) else {
            return .invalid(reason: "the token does not say whom it is of (sub)")
        }
        guard let tenant = self.tenant(in: claims) else {
            return .withoutTenant(
                reason: "the token names no tenant: it needs the claim \(self.tenantClaims.joined(separator: " or "))")
        }
        let scopes = (Self.value(self.rolesClaim, in: claims)?.texts ?? []).compactMap(Role.init).map(\.scopes)
        return .valid(
            Principal(
                kind: .token, id: subject, name: Self.name(in: claims) ?? subject, reach: .one(tenant),
                scopes: scopes.reduce(into: []) { $0.formUnion($1) },
                expiresAtMilliseconds: Int64((end + skew) * 1_000)))
    }

    /// All tenants are nobody's to claim: the platform has keys.
    private func tenant(in claims: [String: ClaimValue]) -> String? {
        let first = self.tenantClaims.lazy.compactMap { Self.value($0, in: claims) }.first { $0 != .null }
        guard case .text(let tenant)? = first, TenantReach.isTenant(tenant) else { return nil }
        return tenant
    }

    private static func name(in claims: [String: ClaimValue]) -> String? {
        for claim in ["name", "preferred_username", "email"] {
            if case .text(let name)? = claims[claim], !name.isEmpty { return String(name.prefix(128)) }
        }
        return nil
    }

    /// A claim of exactly this name, else the one that its parts between dots lead to.
    private static func value(_ name: String, in claims: [String: ClaimValue]) -> ClaimValue? {
        if let value = claims[name] { return value }
        guard let dot = name.firstIndex(of: "."), case .object(let inner)? = claims[String(name[..<dot])] else {
            return nil
        }
        return self.value(String(name[name.index(after: dot)...]), in: inner)
    }
}
