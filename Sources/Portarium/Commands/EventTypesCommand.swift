import ArgumentParser
import CloudEvents

/// `portarium event-types`
struct EventTypesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event-types",
        abstract: "Say what the data of events have to be, and try it.",
        discussion: """
            A type of events has a schema of JSON Schema 2020-12 and its versions. Events that do not fit are taken \
            and counted (warn), or refused (enforce). check needs no router.

            EXAMPLES
              portarium event-types register --type com.example.order.Created.v1 \\
                --schema order.json --mode enforce
              portarium event-types import schemas/events
              portarium event-types check --schema order.json < data.json
            """,
        subcommands: [
            List.self, Get.self, Versions.self, Register.self, Update.self, Import.self, Delete.self, Check.self,
        ])

    /// The path of one type.
    static func path(_ type: String) -> String { "/v1/event-types/\(PercentEncoding.segment(type))" }

    /// One type, or one version of it, for people.
    static func show(_ type: JSONValue, on terminal: Terminal) throws {
        var table = TextTable([.text(""), .text("")])
        for name in ["type", "version", "mode", "compatibility", "createdAt", "updatedAt"] {
            if let value = type[name]?.plain, !value.isEmpty { table.add([name, value]) }
        }
        table.add(["schema", type["schema"]?.plain ?? ""])
        try terminal.print(table.rendered(columns: terminal.columns).split(separator: "\n").joined(separator: "\n"))
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the types.",
            discussion: "EXAMPLE\n  portarium event-types list --limit 200")

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get("/v1/event-types", query: self.page.query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal,
                    columns: [.text("TYPE"), .number("VERSION"), .text("MODE"), .text("COMPATIBILITY")],
                    none: "There are no event types."
                ) { item in ["type", "version", "mode", "compatibility"].map { item[$0]?.plain ?? "" } }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show one type, or one version of its schema.",
            discussion: """
                EXAMPLE
                  portarium event-types get com.example.order.Created.v1 --version 2
                """)

        @Argument(help: "The type.") var type: String

        @Option(help: ArgumentHelp("The number of a version, or latest.", valueName: "version"))
        var version: String?

        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            let path = EventTypesCommand.path(self.type)
            let version = self.version.map { "/versions/\(PercentEncoding.segment($0))" } ?? ""
            try await self.server.call(.get(path + version), human: EventTypesCommand.show)
        }
    }

    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "versions", abstract: "Show the versions of a type's schema.",
            discussion: "EXAMPLE\n  portarium event-types versions com.example.order.Created.v1")

        @Argument(help: "The type.") var type: String
        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            let path = EventTypesCommand.path(self.type) + "/versions"
            try await self.server.call(.get(path, query: self.page.query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal, columns: [.number("VERSION"), .text("SINCE"), .text("SCHEMA")],
                    none: "There are no versions."
                ) { item in ["version", "createdAt", "schema"].map { item[$0]?.plain ?? "" } }
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete a type with all its versions.",
            discussion: "EXAMPLE\n  portarium event-types delete com.example.order.Created.v1")

        @Argument(help: "The type.") var type: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.delete(EventTypesCommand.path(self.type))) { _, terminal in
                try terminal.print("deleted \(TerminalText.safe(self.type))")
            }
        }
    }
}
