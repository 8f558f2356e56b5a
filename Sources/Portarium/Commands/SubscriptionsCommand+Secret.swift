import ArgumentParser

extension SubscriptionsCommand {
    /// `portarium subscriptions secret`
    struct Secret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "secret", abstract: "Show or rotate what signs the deliveries of a subscription.",
            discussion: """
                EXAMPLES
                  portarium subscriptions secret get audit
                  portarium subscriptions secret rotate audit --overlap-seconds 3600
                """,
            subcommands: [Get.self, Rotate.self])

        struct Get: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "get", abstract: "Show the secrets that sign now.",
                discussion: """
                    Receivers verify with one of them; of ed25519 only public keys are shown.

                    EXAMPLE
                      portarium subscriptions secret get audit
                    """)

            @Argument(help: "The subscription.") var id: String
            @OptionGroup(title: "The router") var server: ServerOptions

            func run() async throws {
                try await self.server.call(.get(SubscriptionsCommand.path(self.id) + "/secret"), human: Secret.show)
            }
        }

        struct Rotate: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "rotate", abstract: "Sign with a new secret, and for a while with the old ones too.",
                discussion: """
                    Receivers can change theirs at any time until the overlap has ended.

                    EXAMPLE
                      portarium subscriptions secret rotate audit --overlap-seconds 3600
                    """)

            @Argument(help: "The subscription.") var id: String

            @Option(
                help: ArgumentHelp(
                    "How long the old secrets sign as well, 0 to 604800. (default: a day)", valueName: "seconds"))
            var overlapSeconds: Int?

            @Option(
                help: ArgumentHelp(
                    "A file with the new secret; - is stdin. (default: the router makes one)", valueName: "file"))
            var secretFile: String?

            @OptionGroup(title: "The router") var server: ServerOptions

            func run() async throws {
                var members: [String: JSONValue] = [:]
                if let overlapSeconds { members["overlapSeconds"] = .integer(Int64(overlapSeconds)) }
                if let secretFile { members["secret"] = .string(try SecretArgument.read(file: secretFile)) }
                try await self.server.call(
                    .post(SubscriptionsCommand.path(self.id) + "/secret/rotate", .object(members)),
                    human: Secret.show)
            }
        }

        private static func show(_ answer: JSONValue, _ terminal: Terminal) throws {
            for secret in answer["secrets"]?.elements ?? [] {
                let text = secret["secret"]?.plain ?? secret["publicKey"]?.plain ?? ""
                let end = secret["expiresAt"].map { "  until \($0.plain)" } ?? ""
                try terminal.print(TerminalText.safe(text + end))
            }
        }
    }
}
