extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/Auth``.
    static let auth: [ConfigurationKey] = Self.authKeys + Self.authTokens

    private static let authKeys: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["auth", "mode"],
            form: .choice(
                Choice(
                    words: AuthMode.allCases.map(\.rawValue), read: { $0.auth.mode.rawValue },
                    write: { word, configuration in
                        if let mode = AuthMode(rawValue: word) { configuration.auth.mode = mode }
                    })),
            meaning: "Whether callers need a key or a token; see [security.md](security.md)."),
        ConfigurationKey(
            path: ["auth", "allowKeylessAnywhere"], form: .boolean(\.auth.allowKeylessAnywhere),
            meaning: "Whether a router that is `keyless` may listen on an address that other machines reach."),
        .secret(
            "auth.bootstrapKey", \.auth.bootstrapKey,
            "A key that is always valid, for everything in all tenants; 32 characters at least."),
        .text("auth.bootstrapKeyFile", \.auth.bootstrapKeyFile, .any, "A file with `auth.bootstrapKey`."),
        .integer(
            "auth.keysPerTenantMax", \.auth.keysPerTenantMax, 1...100_000,
            "API keys of one tenant; a call for more is answered with 429."),
    ]

    private static let authTokens: [ConfigurationKey] = [
        .text(
            "auth.jwtIssuer", \.auth.jwtIssuer, .any,
            "`iss` of the tokens (JWT) that are taken beside keys, exactly; nothing: none are."),
        .text("auth.jwtAudience", \.auth.jwtAudience, .any, "What `aud` of a token must be, or have."),
        .text(
            "auth.jwtKeySetUrl", \.auth.jwtKeySetURL, .any,
            "Where the issuer's keys are, a JWK set; nothing: where `/.well-known/openid-configuration` of the issuer "
                + "says. `https`, or `http` on this machine."),
        ConfigurationKey(
            path: ["auth", "jwtAlgorithms"], form: .list(.tokenAlgorithms),
            meaning: "How tokens may be signed."),
        .integer(
            "auth.jwtClockSkewSeconds", \.auth.jwtClockSkewSeconds, 0...600,
            "How far the issuer's clock may be from this one."),
        ConfigurationKey(
            path: ["auth", "jwtTenantClaims"], form: .list(.names("claim", \.auth.jwtTenantClaims)),
            meaning: "The claims that may hold the tenant; the first that is there counts. A dot goes into an object."
        ),
        .text(
            "auth.jwtRolesClaim", \.auth.jwtRolesClaim, .filled,
            "The claim with the roles: admin, operator, approver, auditor, publisher. A dot goes into an object."),
        .integer(
            "auth.jwtRefreshSeconds", \.auth.jwtRefreshSeconds, 10...86_400,
            "How often the issuer's keys are fetched; one that is not known is asked for at once, every 30 s at most."),
    ]
}
