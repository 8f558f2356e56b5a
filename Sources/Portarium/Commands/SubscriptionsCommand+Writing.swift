import ArgumentParser

extension SubscriptionsCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a subscription.",
            discussion: """
                From options, or from a JSON or YAML file in the form of the API. What is published after the command \
                has ended is never missed.

                EXAMPLES
                  portarium subscriptions create --id audit --start earliest \\
                    --sink https://audit.example/in --type com.example.order.Placed
                  portarium subscriptions create --id eu --sink https://eu.example/in \\
                    --filter-sql "subject LIKE 'eu/%'"
                  portarium subscriptions create --id orders --sink kafka:orders \\
                    --type com.example.order.Placed
                  portarium subscriptions create --file audit.yaml
                """)

        @Option(help: ArgumentHelp("Its name. (default: the router chooses)", valueName: "id"))
        var id: String?

        @Option(
            help: ArgumentHelp("A JSON or YAML file with the subscription; - is the standard input.", valueName: "file")
        )
        var file: String?

        @OptionGroup(title: "The subscription") var flags: SubscriptionFlags
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard self.file != nil || self.flags.sink != nil else {
                throw ValidationError("Missing expected argument '--sink <url>' or '--file <file>'.")
            }
            _ = try self.flags.applied(to: [:])
        }

        func run() async throws {
            var members = try self.file.map(SubscriptionsCommand.document) ?? [:]
            if let id { members["id"] = .string(id) }
            let body = JSONValue.object(try self.flags.document(from: members))
            let name = members["id"]?.text ?? self.id ?? ""
            try await self.server.call(
                .post("/v1/subscriptions", body),
                conflict: "the id '\(name)' is taken: choose another with --id, or change that one with "
                    + "'portarium subscriptions update \(name)'", human: SubscriptionsCommand.show)
        }
    }

    struct Update: AsyncParsableCommand {
        /// What a subscription is made of; everything else in a representation is the router's.
        static let ownMembers = ["id", "source", "types", "filters", "sink", "protocol", "protocolsettings", "config"]

        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Change a subscription.",
            discussion: """
                Options change what they name and leave the rest; a file replaces everything. A change takes effect at \
                once; where a subscription began stays as it was.

                EXAMPLE
                  portarium subscriptions update audit --concurrency 16
                """)

        @Argument(help: "The subscription.") var id: String

        @Option(
            help: ArgumentHelp("A JSON or YAML file with the subscription; - is the standard input.", valueName: "file")
        )
        var file: String?

        @OptionGroup(title: "The subscription") var flags: SubscriptionFlags
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard try self.file != nil || !self.flags.isEmpty else {
                throw ValidationError("There is nothing to change: give an option or --file.")
            }
        }

        func run() async throws {
            let document = try self.file.map(SubscriptionsCommand.document)
            try await self.server.withClient { client, terminal in
                let path = SubscriptionsCommand.path(self.id)
                var members: [String: JSONValue]
                if let document {
                    members = document
                } else {
                    let answer = try await client.call(.get(path))
                    let current =
                        answer.json.keepingText(at: SubscriptionsCommand.transformPath, of: answer.body).members ?? [:]
                    members = current.filter { Self.ownMembers.contains($0.key) }
                }
                members["id"] = .string(self.id)
                let body = JSONValue.object(try self.flags.document(from: members))
                let answer = try await client.call(.put(path, body))
                try self.server.show(answer, on: terminal, human: SubscriptionsCommand.show)
            }
        }
    }
}
