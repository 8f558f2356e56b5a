import ArgumentParser

/// A webhook endpoint from options: what is given is set, everything else is left to the router or as it was.
struct WebhookEndpointFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Who sends: github, gitlab, stripe, slack, …", valueName: "provider"))
    var provider: String?

    @Option(
        help: ArgumentHelp(
            "A file with a secret; - is the standard input. May be repeated while secrets are rotated.",
            valueName: "file"))
    var secretFile: [String] = []

    @Option(
        help: ArgumentHelp("An environment variable with a secret. May be repeated.", valueName: "variable"))
    var secretEnv: [String] = []

    @Option(help: ArgumentHelp("Only from this address or range. May be repeated.", valueName: "cidr"))
    var allow: [String] = []

    @Option(
        help: ArgumentHelp(
            "How an attribute of the events is made, such as 'subject={/ticket/id}'. May be repeated.",
            valueName: "attribute=template"))
    var map: [NameValue] = []

    @Option(help: ArgumentHelp("How long a delivery is known again, 0 to 604800.", valueName: "seconds"))
    var dedupeWindow: Int?

    @Option(help: ArgumentHelp("The URL that the provider was given, if it is another one.", valueName: "url"))
    var publicUrl: String?

    @Option(help: ArgumentHelp("How far a timestamp may be off, 1 to 3600.", valueName: "seconds"))
    var tolerance: Int?

    @OptionGroup var signature: SignatureFlags

    var isEmpty: Bool {
        self.provider == nil && self.secretFile.isEmpty && self.secretEnv.isEmpty && self.allow.isEmpty
            && self.map.isEmpty && self.signature.members.isEmpty && self.dedupeWindow == nil && self.publicUrl == nil
            && self.tolerance == nil
    }

    /// Puts what was given over `members`, an endpoint as the API has it.
    /// - Throws: ``CommandFailure`` where a secret cannot be read.
    func applied(to members: [String: JSONValue]) throws -> [String: JSONValue] {
        var members = members
        if let provider { members["provider"] = .string(provider) }
        let secrets = try self.secrets()
        if !secrets.isEmpty { members["secrets"] = .array(secrets.map(JSONValue.string)) }
        if !self.allow.isEmpty { members["allowedAddresses"] = .array(self.allow.map(JSONValue.string)) }
        if !self.map.isEmpty {
            var mapping = members["mapping"]?.members ?? [:]
            for name in Set(self.map.map(\.name)) {
                mapping[name] = .array(self.map.filter { $0.name == name }.map { .string($0.value) })
            }
            members["mapping"] = .object(mapping)
        }
        if let dedupeWindow { members["dedupeWindowSeconds"] = .integer(Int64(dedupeWindow)) }
        if let publicUrl { members["publicUrl"] = .string(publicUrl) }
        if !self.signature.members.isEmpty {
            members["verification"] = .object(
                (members["verification"]?.members ?? [:]).merging(self.signature.members) { $1 })
        }
        if let tolerance { members["toleranceSeconds"] = .integer(Int64(tolerance)) }
        return members
    }

    private func secrets() throws -> [String] {
        var secrets: [String] = []
        for path in self.secretFile { secrets.append(try SecretArgument.read(file: path)) }
        for name in self.secretEnv {
            guard let secret = Terminal.current.environment[name], !secret.isEmpty else {
                throw CommandFailure(.usage, "the environment variable '\(name)' is not set")
            }
            secrets.append(secret)
        }
        return secrets
    }
}
