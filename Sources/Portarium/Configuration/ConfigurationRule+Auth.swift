import TokenVerification

extension ConfigurationRule {
    /// Characters that the bootstrap key must have: too many to be guessed, if they are random.
    private static let bootstrapKeyLengthMin = 32

    /// What must hold between settings of ``RouterConfiguration/Auth``.
    static let auth: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["server.listenHost", "auth.mode"],
            message: "server.listenHost is reached from other machines, and without keys everyone there may do "
                + "everything: set auth.mode to required, or say auth.allowKeylessAnywhere: true",
            holds: { configuration in
                configuration.auth.mode == .required || configuration.auth.allowKeylessAnywhere
                    || configuration.listensOnLoopback
            }),
        ConfigurationRule(
            keys: ["auth.bootstrapKey"],
            message:
                "auth.bootstrapKey must be \(bootstrapKeyLengthMin) or more of the characters A-Z a-z 0-9 - _ ~ + /: "
                + "'openssl rand -hex 32' makes one",
            holds: { isBootstrapKey($0.auth.bootstrapKey) }),
        ConfigurationRule(
            keys: ["auth.mode", "auth.bootstrapKey", "auth.bootstrapKeyFile", "auth.jwtIssuer"],
            message: "auth.bootstrapKey and auth.jwtIssuer do nothing while auth.mode is keyless: "
                + "set it to required, or take them out",
            needsAllSources: true,
            holds: { configuration in
                let auth = configuration.auth
                return auth.mode == .required
                    || auth.bootstrapKey.isEmpty && auth.bootstrapKeyFile.isEmpty && auth.jwtIssuer.isEmpty
            }),
        ConfigurationRule(
            keys: ["auth.jwtIssuer"],
            message: "auth.jwtAudience is needed where auth.jwtIssuer is given: "
                + "else the issuer's tokens for every other service would do",
            needsAllSources: true,
            holds: { $0.auth.jwtIssuer.isEmpty || !$0.auth.jwtAudience.isEmpty }),
        ConfigurationRule(
            keys: ["auth.jwtAudience", "auth.jwtKeySetUrl"],
            message: "auth.jwtAudience and auth.jwtKeySetUrl do nothing without auth.jwtIssuer",
            needsAllSources: true,
            holds: { configuration in
                !configuration.auth.jwtIssuer.isEmpty
                    || configuration.auth.jwtAudience.isEmpty && configuration.auth.jwtKeySetURL.isEmpty
            }),
        ConfigurationRule(
            keys: ["auth.jwtKeySetUrl"],
            message: "auth.jwtKeySetUrl must be https://…, or http://… on this machine",
            holds: { configuration in
                let url = configuration.auth.jwtKeySetURL
                return url.isEmpty || TokenVerifierConfiguration.isTrustworthy(url: url)
            }),
        ConfigurationRule(
            keys: ["auth.jwtIssuer"],
            message: "auth.jwtIssuer must be https://…, or http://… on this machine, where auth.jwtKeySetUrl is not "
                + "given: its keys are looked for there",
            needsAllSources: true,
            holds: { configuration in
                let auth = configuration.auth
                return auth.jwtIssuer.isEmpty || !auth.jwtKeySetURL.isEmpty
                    || TokenVerifierConfiguration.isTrustworthy(url: auth.jwtIssuer)
            }),
    ]

    private static func isBootstrapKey(_ key: Secret) -> Bool {
        let bytes = key.revealed.utf8
        return bytes.isEmpty
            || bytes.count >= self.bootstrapKeyLengthMin
                && bytes.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2d, 0x2f, 0x5f, 0x7e: true
                    default: false
                    }
                }
    }
}
