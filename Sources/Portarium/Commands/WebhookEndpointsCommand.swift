import ArgumentParser
import CloudEvents

/// `portarium webhook-endpoints`
struct WebhookEndpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook-endpoints",
        abstract: "List, make and change the places where webhooks come in.",
        discussion: """
            An endpoint says who sends, how that is believed, and what events come of it.

            EXAMPLES
              portarium webhook-endpoints create --id hub --provider github \\
                --secret-file hub.secret
              portarium webhook-endpoints get hub
              portarium webhook-endpoints delete hub
            """,
        subcommands: [List.self, Get.self, Create.self, Update.self, Delete.self])

    /// The path of one endpoint.
    static func path(_ id: String) -> String { "/v1/webhook-endpoints/\(PercentEncoding.segment(id))" }

    /// One endpoint for people.
    static func show(_ endpoint: JSONValue, on terminal: Terminal) throws {
        var table = TextTable([.text(""), .text("")])
        func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { table.add([name, value]) } }
        add("id", endpoint["id"]?.plain)
        add("url", endpoint["url"]?.plain)
        add("provider", endpoint["provider"]?.plain)
        add("secrets", endpoint["secretCount"]?.plain)
        add("fault", endpoint["fault"]?.plain)
        for range in endpoint["allowedAddresses"]?.elements ?? [] { add("from", range.plain) }
        for (name, templates) in (endpoint["mapping"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            for template in templates.elements ?? [templates] { add(name, template.plain) }
        }
        add("known for", endpoint["dedupeWindowSeconds"].map { "\($0.plain) s" })
        add("tolerance", endpoint["toleranceSeconds"].map { "\($0.plain) s" })
        let text = table.rendered(columns: terminal.columns)
        try terminal.print(text.split(separator: "\n").joined(separator: "\n"))
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the endpoints.",
            discussion: "EXAMPLE\n  portarium webhook-endpoints list --limit 200")

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get("/v1/webhook-endpoints", query: self.page.query)) { answer, terminal in
                try PageOptions.show(
                    answer, on: terminal, columns: [.text("ID"), .text("PROVIDER"), .number("SECRETS"), .text("URL")],
                    none: "There are no webhook endpoints."
                ) { item in
                    [
                        item["id"]?.plain ?? "", item["provider"]?.plain ?? "", item["secretCount"]?.plain ?? "",
                        item["url"]?.plain ?? "",
                    ]
                }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show one endpoint.",
            discussion: "EXAMPLE\n  portarium webhook-endpoints get hub")

        @Argument(help: "The endpoint.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(
                .get(WebhookEndpointsCommand.path(self.id)), human: WebhookEndpointsCommand.show)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete an endpoint with its secrets.",
            discussion: "EXAMPLE\n  portarium webhook-endpoints delete hub")

        @Argument(help: "The endpoint.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.delete(WebhookEndpointsCommand.path(self.id))) { _, terminal in
                try terminal.print("deleted \(self.id)")
            }
        }
    }
}
