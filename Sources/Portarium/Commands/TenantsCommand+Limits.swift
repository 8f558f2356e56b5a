import ArgumentParser

extension TenantsCommand.Limits {
    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show the limits of a tenant.",
            discussion: "EXAMPLE\n  portarium tenants limits get acme")

        @Argument(help: "The tenant.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.get(TenantsCommand.path(self.id, "limits")), human: TenantsCommand.show)
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set limits of a tenant.",
            discussion: """
                Options change what they name and leave the rest. Each takes a number, 'none' for no limit, or \
                'default' for what the router's configuration says.

                EXAMPLES
                  portarium tenants limits set acme --events-per-second 500 \\
                    --events-burst 2000
                  portarium tenants limits set acme --events-per-second default
                """)

        @Argument(help: "The tenant.") var id: String
        @OptionGroup(title: "The limits") var flags: TenantLimitFlags
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            if self.flags.given.isEmpty { throw ValidationError("Name one limit at least, such as --weight 2.") }
        }

        func run() async throws {
            let path = TenantsCommand.path(self.id, "limits")
            try await self.server.withClient { client, terminal in
                let old = try await client.call(.get(path)).json
                let answer = try await client.call(.put(path, .object(self.flags.applied(to: old))))
                try self.server.show(answer, on: terminal, human: TenantsCommand.show)
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Give a tenant the configured limits again.",
            discussion: "EXAMPLE\n  portarium tenants limits reset acme")

        @Argument(help: "The tenant.") var id: String
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(.delete(TenantsCommand.path(self.id, "limits"))) { _, terminal in
                try terminal.print("\(self.id) has the configured limits")
            }
        }
    }
}
