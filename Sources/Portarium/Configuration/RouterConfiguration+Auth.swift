extension RouterConfiguration {
    /// Who may do what.
    struct Auth: Sendable, Hashable {
        /// Default ``AuthMode/keyless``.
        var mode = AuthMode.keyless
        /// Whether a router without keys may be reached from other machines. Default no.
        var allowKeylessAnywhere = false
        /// One key that is always valid, for everything in all tenants. Default none.
        var bootstrapKey = Secret()
        /// A file with ``bootstrapKey``.
        var bootstrapKeyFile = ""
        /// API keys of one tenant, `1...100000`. Default 1,000.
        var keysPerTenantMax = 1_000
        /// `iss` of the tokens that are taken. Default none: no token is.
        var jwtIssuer = ""
        /// `aud` of them. Default none.
        var jwtAudience = ""
        /// Where the issuer's keys are. Default: where its OpenID configuration says.
        var jwtKeySetURL = ""
        /// How they may be signed. Default RS256, ES256, EdDSA.
        var jwtAlgorithms = ["RS256", "ES256", "EdDSA"]
        /// How far the issuer's clock may be from ours, `0...600`. Default 60 s.
        var jwtClockSkewSeconds = 60
        /// Where the tenant is. Default `workspaceId`, `tenantId`.
        var jwtTenantClaims = ["workspaceId", "tenantId"]
        /// Where the roles are. Default `roles`.
        var jwtRolesClaim = "roles"
        /// How often the issuer's keys are fetched, `10...86400`. Default 5 min.
        var jwtRefreshSeconds = 300
    }

    /// Whether only this machine reaches the address that is listened on.
    var listensOnLoopback: Bool {
        let host = self.server.listenHost.lowercased()
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
