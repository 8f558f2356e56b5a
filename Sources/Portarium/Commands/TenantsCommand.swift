import ArgumentParser
import CloudEvents

/// `portarium tenants`
struct TenantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "Show and set what tenants may use, and see what they do.",
        discussion: """
            A tenant may look at its own; limits are set with a key of all tenants that has the scope admin.

            EXAMPLES
              portarium tenants limits get acme
              portarium tenants limits set acme --events-per-second 500
              portarium tenants usage acme
            """,
        subcommands: [Limits.self, Usage.self])

    /// The path of something of one tenant.
    static func path(_ tenant: String, _ thing: String) -> String {
        "/v1/tenants/\(PercentEncoding.segment(tenant))/\(thing)"
    }

    struct Limits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "limits", abstract: "What a tenant may use.",
            discussion: "EXAMPLE\n  portarium tenants limits get acme",
            subcommands: [Get.self, Set.self, Reset.self])
    }

    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "usage", abstract: "What a tenant uses of its limits.",
            discussion: """
                Rates and deliveries in flight are those of the process that answers.

                EXAMPLE
                  portarium tenants usage acme
                """)

        @Argument(help: "The tenant.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get(TenantsCommand.path(self.id, "usage"))) { usage, terminal in
                var table = TextTable([.text(""), .number("NOW"), .number("LIMIT")])
                for name in [
                    "eventsPerSecond", "bytesPerSecond", "subscriptions", "endpoints", "inFlight", "deadLetters",
                ] {
                    guard let item = usage[name] else { continue }
                    table.add([name, item["current"]?.plain ?? "", TenantsCommand.limitText(name, item["limit"])])
                }
                let text = table.rendered(columns: terminal.columns)
                try terminal.print(text.split(separator: "\n").joined(separator: "\n"))
                let throttled = usage["throttled"]?["requests"]?.plain ?? "0"
                try terminal.print(
                    "accepted \(usage["accepted"]?["events"]?.plain ?? "0") events, throttled \(throttled) requests")
            }
        }
    }

    /// A limit for people.
    static func limitText(_ name: String, _ value: JSONValue?) -> String {
        guard let value, value.integer == 0 else { return value?.plain ?? "" }
        return name.hasSuffix("Burst") ? "a second's" : "none"
    }

    /// Limits for people.
    static func show(_ limits: JSONValue, on terminal: Terminal) throws {
        let own = limits["overridden"]?.elements?.compactMap(\.text) ?? []
        var table = TextTable([.text("LIMIT"), .number("VALUE"), .text("FROM")])
        for flag in TenantLimitFlags.names {
            table.add([
                flag, Self.limitText(flag, limits[flag]), own.contains(flag) ? "the tenant" : "the configuration",
            ])
        }
        let text = table.rendered(columns: terminal.columns)
        try terminal.print(text.split(separator: "\n").joined(separator: "\n"))
    }
}
