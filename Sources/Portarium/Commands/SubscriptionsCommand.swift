import ArgumentParser
import CloudEvents

/// `portarium subscriptions`
struct SubscriptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "List, make and change subscriptions.",
        discussion: """
            A subscription says which events go to which sink, and how.

            EXAMPLES
              portarium subscriptions create --id audit --sink https://audit.example/in
              portarium subscriptions get audit
              portarium subscriptions pause audit
            """,
        subcommands: [
            List.self, Get.self, Create.self, Update.self, Delete.self, Pause.self, Resume.self, Secret.self,
        ])

    /// The path of one subscription.
    /// A transform is sent as it is written.
    static let transformPath = ["config", "transform"]

    /// A subscription from a file.
    static func document(_ file: String) throws -> [String: JSONValue] {
        try RequestDocument.read(file, keepingTextAt: self.transformPath)
    }

    static func path(_ id: String) -> String { "/v1/subscriptions/\(PercentEncoding.segment(id))" }

    /// One subscription for people.
    static func show(_ subscription: JSONValue, on terminal: Terminal) throws {
        var table = TextTable([.text(""), .text("")])
        func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { table.add([name, value]) } }
        add("id", subscription["id"]?.plain)
        add("status", subscription["status"]?.plain)
        add("reason", subscription["statusReason"]?.plain)
        add("lag", subscription["lag"]?.plain)
        add("last error", subscription["lastError"]?.plain)
        add("lost offsets", subscription["lostOffsets"].flatMap { $0.integer == 0 ? nil : $0.plain })
        add("sink", subscription["sink"]?.plain)
        add("source", subscription["source"]?.plain)
        for type in subscription["types"]?.elements ?? [] { add("type", type.plain) }
        for filter in subscription["filters"]?.elements ?? [] { add("filter", filter.serialized()) }
        for (name, value) in (subscription["protocolsettings"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            add(name, value.plain)
        }
        for (name, value) in (subscription["config"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            add(name, value.plain)
        }
        let text = table.rendered(columns: terminal.columns)
        try terminal.print(text.split(separator: "\n").joined(separator: "\n"))
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the subscriptions.",
            discussion: "EXAMPLE\n  portarium subscriptions list --limit 200")

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get("/v1/subscriptions", query: self.page.query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal,
                    columns: [.text("ID"), .text("STATUS"), .number("LAG"), .text("SINK"), .text("TYPES")],
                    none: "There are no subscriptions."
                ) { item in
                    let types = item["types"]?.elements?.map(\.plain).joined(separator: ", ") ?? "all"
                    return [
                        item["id"]?.plain ?? "", item["status"]?.plain ?? "", item["lag"]?.plain ?? "",
                        item["sink"]?.plain ?? "", types,
                    ]
                }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show one subscription.",
            discussion: "EXAMPLE\n  portarium subscriptions get audit")

        @Argument(help: "The subscription.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get(SubscriptionsCommand.path(self.id)), human: SubscriptionsCommand.show)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete a subscription with its positions.",
            discussion: "EXAMPLE\n  portarium subscriptions delete audit")

        @Argument(help: "The subscription.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.delete(SubscriptionsCommand.path(self.id))) { _, terminal in
                try terminal.print("deleted \(self.id)")
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Stop sending; what matches waits.",
            discussion: "EXAMPLE\n  portarium subscriptions pause audit")

        @Argument(help: "The subscription.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(
                .post(SubscriptionsCommand.path(self.id) + "/pause"), human: SubscriptionsCommand.show)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Start sending again, also after a suspension.",
            discussion: "EXAMPLE\n  portarium subscriptions resume audit")

        @Argument(help: "The subscription.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(
                .post(SubscriptionsCommand.path(self.id) + "/resume"), human: SubscriptionsCommand.show)
        }
    }
}
