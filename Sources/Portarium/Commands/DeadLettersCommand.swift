import ArgumentParser
import CloudEvents

/// `portarium dead-letters`
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "See what could not be delivered, and send it again.",
        discussion: """
            An event that a subscription could not deliver is kept as a dead letter, with why. Redriving sends it \
            again to that one subscription.

            EXAMPLES
              portarium dead-letters list --subscription audit
              portarium dead-letters redrive --subscription audit
            """,
        subcommands: [List.self, Get.self, Redrive.self, Discard.self])

    /// The path of one dead letter.
    static func path(_ id: String) -> String { "/v1/dead-letters/\(PercentEncoding.segment(id))" }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show dead letters, newest first.",
            discussion: "EXAMPLE\n  portarium dead-letters list --subscription audit --reason rejected")

        @Option(help: ArgumentHelp("Only those of this subscription.", valueName: "id"))
        var subscription: String?

        @Option(
            help: ArgumentHelp("Only those with this reason, like rejected or attempts-exhausted.", valueName: "reason")
        )
        var reason: String?

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            let query = [("subscription", self.subscription), ("reason", self.reason)] + self.page.query
            try await self.server.call(.get("/v1/dead-letters", query: query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal,
                    columns: [
                        .text("ID"), .text("AT"), .text("SUBSCRIPTION"), .text("REASON"), .number("STATUS"),
                        .number("ATTEMPTS"), .text("TYPE"), .text("EVENT"),
                    ],
                    none: "There are no dead letters."
                ) { item in
                    [
                        item["id"]?.plain ?? "", item["at"]?.plain ?? "", item["subscription"]?.plain ?? "",
                        item["reason"]?.plain ?? "", item["status"]?.plain ?? "-", item["attempts"]?.plain ?? "",
                        item["event"]?["type"]?.plain ?? "", item["event"]?["id"]?.plain ?? "",
                    ]
                }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show one dead letter with its event.",
            discussion: "EXAMPLE\n  portarium dead-letters get 01J")

        @Argument(help: "The dead letter.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get(DeadLettersCommand.path(self.id))) { letter, terminal in
                for name in ["id", "subscription", "reason", "status", "error", "attempts", "at", "position"] {
                    guard let value = letter[name] else { continue }
                    let label = name.padded(to: 14)
                    try terminal.print(TerminalText.safe("\(label)\(value.plain)"))
                }
                if let event = letter["event"] {
                    try terminal.print(TerminalText.safe("event         \(event.serialized())"))
                }
            }
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive", abstract: "Send dead letters again.",
            discussion: """
                Named ones, or all of one subscription; with filters those that match every filter.

                EXAMPLES
                  portarium dead-letters redrive 01J 01K
                  portarium dead-letters redrive --subscription audit --exact type=com.example.A
                """)

        @Argument(help: "Dead letters, 1000 at most.") var ids: [String] = []

        @Option(help: ArgumentHelp("All of this subscription.", valueName: "id"))
        var subscription: String?

        @OptionGroup var filter: FilterOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard self.ids.isEmpty != (self.subscription == nil) else {
                throw ValidationError("Name dead letters, or --subscription <id> for all of one subscription.")
            }
            guard self.ids.count <= 1_000 else { throw ValidationError("Name 1000 dead letters at most.") }
        }

        func run() async throws {
            var members: [String: JSONValue] = [:]
            if let subscription {
                members["subscription"] = .string(subscription)
            } else {
                members["ids"] = .array(self.ids.map(JSONValue.string))
            }
            if !self.filter.filters.isEmpty { members["filters"] = .array(self.filter.filters) }
            try await self.server.call(.post("/v1/dead-letters/redrive", .object(members))) { answer, terminal in
                try terminal.print("redriven \(answer["redriven"]?.plain ?? "0")")
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Throw dead letters away for good.",
            discussion: "EXAMPLE\n  portarium dead-letters discard 01J 01K")

        @Argument(help: "Dead letters.") var ids: [String]
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.withClient { client, terminal in
                var discarded = 0
                var failures: [(id: String, problem: Problem)] = []
                for id in self.ids {
                    do {
                        _ = try await client.call(.delete(DeadLettersCommand.path(id)))
                        discarded += 1
                    } catch let problem as Problem {
                        failures.append((id, problem))
                    }
                }
                let json = JSONValue.object([
                    "discarded": .integer(Int64(discarded)), "failed": .array(failures.map { .string($0.id) }),
                ])
                try terminal.print(self.server.json ? json.serialized() : "discarded \(discarded)")
                guard let first = failures.first else { return }
                if self.ids.count == 1 { throw first.problem }
                throw CommandFailure(
                    discarded > 0 ? .partlyDone : first.problem.exitStatus,
                    "\(failures.count) dead letter(s) were not discarded",
                    details: failures.map { "\($0.id): \($0.problem.sentence)" })
            }
        }
    }
}

extension String {
    /// The text with blanks at its end up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
