import ArgumentParser

extension WebhookEndpointsCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make an endpoint.",
            discussion: """
                Prints the URL that the provider is to be given. Secrets come from files, the standard input or the \
                environment: others on this machine can see a command line.

                EXAMPLES
                  portarium webhook-endpoints create --provider github \\
                    --secret-file hub.secret
                  pass hub | portarium webhook-endpoints create --id hub \\
                    --provider github --secret-file -
                  portarium webhook-endpoints create --file endpoint.yaml
                """)

        @Option(help: ArgumentHelp("Its name. (default: one that nobody can guess)", valueName: "id"))
        var id: String?

        @Option(
            help: ArgumentHelp("A JSON or YAML file with the endpoint; - is the standard input.", valueName: "file"))
        var file: String?

        @OptionGroup(title: "The endpoint") var flags: WebhookEndpointFlags
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard self.file != nil || self.flags.provider != nil else {
                throw ValidationError("Missing expected argument '--provider <provider>' or '--file <file>'.")
            }
        }

        func run() async throws {
            var members = try self.flags.applied(to: try self.file.map { try RequestDocument.read($0) } ?? [:])
            if let id { members["id"] = .string(id) }
            try await self.server.call(
                .post("/v1/webhook-endpoints", .object(members)),
                human: WebhookEndpointsCommand.show)
        }
    }

    struct Update: AsyncParsableCommand {
        /// What an endpoint is made of; everything else in a representation is the router's.
        static let ownMembers = [
            "provider", "allowedAddresses", "mapping", "dedupeWindowSeconds", "publicUrl", "toleranceSeconds",
            "verification",
        ]

        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Change an endpoint.",
            discussion: """
                Options change what they name and leave the rest; a file replaces everything. Secrets that are given \
                take the place of all that there are.

                EXAMPLE
                  portarium webhook-endpoints update hub \\
                    --secret-file new.secret --secret-file old.secret
                """)

        @Argument(help: "The endpoint.") var id: String

        @Option(
            help: ArgumentHelp("A JSON or YAML file with the endpoint; - is the standard input.", valueName: "file"))
        var file: String?

        @OptionGroup(title: "The endpoint") var flags: WebhookEndpointFlags
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard self.file != nil || !self.flags.isEmpty else {
                throw ValidationError("There is nothing to change: give an option or --file.")
            }
        }

        func run() async throws {
            let document = try self.file.map { try RequestDocument.read($0) }
            // Read before the router is asked: what cannot be read changes nothing.
            let changes = try self.flags.applied(to: [:])
            try await self.server.withClient { client, terminal in
                let path = WebhookEndpointsCommand.path(self.id)
                var members: [String: JSONValue]
                if let document {
                    members = document
                } else {
                    let current = try await client.call(.get(path)).json.members ?? [:]
                    members = current.filter { Self.ownMembers.contains($0.key) }
                }
                // Of these an option changes a part.
                var parts: [String: JSONValue] = [:]
                for name in ["mapping", "verification"] {
                    let part = (members[name]?.members ?? [:]).merging(changes[name]?.members ?? [:]) { $1 }
                    if !part.isEmpty { parts[name] = .object(part) }
                }
                members.merge(changes) { $1 }
                members.merge(parts) { $1 }
                let answer = try await client.call(.put(path, .object(members)))
                try self.server.show(answer, on: terminal, human: WebhookEndpointsCommand.show)
            }
        }
    }
}
