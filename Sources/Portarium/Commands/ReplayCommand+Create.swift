import ArgumentParser

extension ReplayCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Start a replay, or count what it would send.",
            discussion: """
                The target is a subscription, with its settings and filters, or any sink.

                EXAMPLES
                  portarium replay create --subscription audit --from 2h --dry-run
                  portarium replay create --sink https://test.example/in \\
                    --topic portarium.runs --from 2026-11-23T00:00:00Z --rate 50 --watch
                """)

        @Option(help: ArgumentHelp("Send to this subscription.", valueName: "id"))
        var subscription: String?

        @Option(help: ArgumentHelp("Send to this URL.", valueName: "url"))
        var sink: String?

        @Option(
            name: .customLong("topic"),
            help: ArgumentHelp("Only events of this topic. May be repeated.", valueName: "topic"))
        var topics: [String] = []

        @Option(help: ArgumentHelp("Only events from this time on, or how long ago (2h).", valueName: "time"))
        var from: String?

        @Option(help: ArgumentHelp("Only events before this time, or how long ago.", valueName: "time"))
        var to: String?

        @Option(help: ArgumentHelp("Only events of this flow.", valueName: "id"))
        var correlationId: String?

        @OptionGroup var filter: FilterOptions

        @Option(help: ArgumentHelp("Events a second at most.", valueName: "n"))
        var rate: Double?

        @Flag(help: "Count, and send nothing.")
        var dryRun = false

        @OptionGroup var watching: ReplayWatch
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard (self.subscription == nil) != (self.sink == nil) else {
                throw ValidationError("Name one target: --subscription <id> or --sink <url>.")
            }
            if let rate, !(rate > 0) { throw ValidationError("--rate must be more than 0.") }
            _ = try self.body(nowMilliseconds: TimeArgument.now())
        }

        func run() async throws {
            let body = JSONValue.object(try self.body(nowMilliseconds: TimeArgument.now()))
            try await self.server.withClient { client, terminal in
                let answer = try await client.call(.post("/v1/replays", body))
                guard self.dryRun else {
                    return try await self.watching.show(answer, client, terminal, server: self.server)
                }
                try self.server.show(answer, on: terminal) { replay, terminal in
                    try terminal.print("\(replay["matched"]?.plain ?? "0") event(s) would be sent")
                }
            }
        }

        /// The members of the call.
        func body(nowMilliseconds: Int64) throws -> [String: JSONValue] {
            var members: [String: JSONValue] = ["dryRun": .boolean(self.dryRun)]
            if let subscription { members["subscription"] = .string(subscription) }
            if let sink { members["sink"] = .string(sink) }
            if !self.topics.isEmpty { members["topics"] = .array(self.topics.map(JSONValue.string)) }
            for (name, text) in [("from", self.from), ("to", self.to)] {
                guard let text else { continue }
                guard let timestamp = TimeArgument.timestamp(text, nowMilliseconds: nowMilliseconds) else {
                    throw ValidationError(TimeArgument.complaint("--\(name)", text))
                }
                members[name] = .string(timestamp)
            }
            if let correlationId { members["correlationid"] = .string(correlationId) }
            let filters = self.filter.filters
            if !filters.isEmpty { members["filters"] = .array(filters) }
            if let rate { members["ratePerSecond"] = .number(rate) }
            return members
        }
    }
}
