import ArgumentParser

/// What the deliveries of a subscription prove, from options.
struct SubscriptionTrustFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp("Sign deliveries: hmac-sha256 or ed25519, as Standard Webhooks.", valueName: "scheme"))
    var sign: Scheme?

    @Option(
        help: ArgumentHelp(
            "A file with a secret to sign with; - is stdin. May be repeated. (default: the router makes one)",
            valueName: "file"))
    var signingSecretFile: [String] = []

    @Option(
        help: ArgumentHelp("A file with what Authorization says; it is stored sealed.", valueName: "file"))
    var authorizationFile: String?

    @Option(
        help: ArgumentHelp(
            "A file of the router's sink.authorizationDirectory with what Authorization says.", valueName: "name"))
    var authorizationName: String?

    @Flag(inversion: .prefixedNo, help: "Whether the sink has to allow deliveries first.")
    var handshake: Bool?

    /// How requests are signed.
    enum Scheme: String, ExpressibleByArgument, CaseIterable, Sendable {
        case hmacSHA256 = "hmac-sha256"
        case ed25519
    }

    var isEmpty: Bool {
        self.sign == nil && self.authorizationFile == nil && self.authorizationName == nil && self.handshake == nil
    }

    func validate() throws {
        if self.sign == nil, !self.signingSecretFile.isEmpty {
            throw ValidationError("--signing-secret-file needs --sign.")
        }
        if self.authorizationFile != nil, self.authorizationName != nil {
            throw ValidationError("Give one of --authorization-file and --authorization-name.")
        }
    }

    /// Puts what was given over settings and config as the API has them.
    /// - Throws: ``CommandFailure`` where a secret cannot be read.
    func apply(settings: inout [String: JSONValue], config: inout [String: JSONValue]) throws {
        if let sign {
            var signing: [String: JSONValue] = ["scheme": .string(sign.rawValue)]
            let secrets = try self.signingSecretFile.map { JSONValue.string(try SecretArgument.read(file: $0)) }
            if !secrets.isEmpty { signing["secrets"] = .array(secrets) }
            config["signing"] = .object(signing)
        }
        if let authorizationFile {
            settings["authorization"] = .object(["value": .string(try SecretArgument.read(file: authorizationFile))])
        }
        if let authorizationName { settings["authorization"] = .object(["file": .string(authorizationName)]) }
        if let handshake { settings["handshake"] = .boolean(handshake) }
    }
}
