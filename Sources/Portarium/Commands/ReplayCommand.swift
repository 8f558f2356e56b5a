import ArgumentParser
import CloudEvents

/// `portarium replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send stored events again.",
        discussion: """
            A replay is counted first, keeps order, may be slowed down, and can be paused. Every event it sends \
            carries the extension 'replayid'.

            EXAMPLES
              portarium replay create --subscription audit --from 2h --dry-run
              portarium replay create --subscription audit --from 2h --rate 50 --watch
            """,
        subcommands: [Create.self, List.self, Get.self, Pause.self, Resume.self, Cancel.self])

    /// The path of one replay.
    static func path(_ id: String) -> String { "/v1/replays/\(PercentEncoding.segment(id))" }

    /// One replay for people.
    static func show(_ replay: JSONValue, on terminal: Terminal) throws {
        var line = replay["id"].map { "\($0.plain)  " } ?? ""
        line += "\(replay["status"]?.plain ?? "")  \(replay["matched"]?.plain ?? "0") matched"
        line += "  \(replay["delivered"]?.plain ?? "0") delivered  \(replay["failed"]?.plain ?? "0") failed"
        if let error = replay["error"]?.plain { line += "  (\(error))" }
        try terminal.print(TerminalText.safe(line))
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the replays, newest first.",
            discussion: "EXAMPLE\n  portarium replay list")

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get("/v1/replays", query: self.page.query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal,
                    columns: [
                        .text("ID"), .text("STATUS"), .number("MATCHED"), .number("DELIVERED"), .number("FAILED"),
                        .text("TARGET"),
                    ],
                    none: "There are no replays."
                ) { item in
                    [
                        item["id"]?.plain ?? "", item["status"]?.plain ?? "", item["matched"]?.plain ?? "",
                        item["delivered"]?.plain ?? "", item["failed"]?.plain ?? "",
                        (item["subscription"] ?? item["sink"])?.plain ?? "",
                    ]
                }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show one replay, or watch it to its end.",
            discussion: "EXAMPLE\n  portarium replay get 01J --watch")

        @Argument(help: "The replay.") var id: String
        @OptionGroup var watching: ReplayWatch
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.withClient { client, terminal in
                let answer = try await client.call(.get(ReplayCommand.path(self.id)))
                try await self.watching.show(answer, client, terminal, server: self.server)
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Let a replay wait.", discussion: "EXAMPLE\n  portarium replay pause 01J")

        @Argument(help: "The replay.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.post(ReplayCommand.path(self.id) + "/pause"), human: ReplayCommand.show)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let a replay go on.", discussion: "EXAMPLE\n  portarium replay resume 01J"
        )

        @Argument(help: "The replay.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.post(ReplayCommand.path(self.id) + "/resume"), human: ReplayCommand.show)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel", abstract: "End a replay.", discussion: "EXAMPLE\n  portarium replay cancel 01J")

        @Argument(help: "The replay.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.post(ReplayCommand.path(self.id) + "/cancel"), human: ReplayCommand.show)
        }
    }
}
