import ArgumentParser
import CloudEvents
import EventDispatch
import Identity

/// `portarium keys`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and delete API keys.",
        discussion: """
            A router with auth.mode: required wants a key, or a token, with each call. The first key is made in the \
            log itself, or is auth.bootstrapKey of the configuration; further ones are made by whoever has one with \
            the scope admin.

            EXAMPLES
              portarium keys create --tenant '*' --scope admin --data-dir ./data
              portarium keys create --tenant acme --scope publish --name till
              portarium keys list
              portarium keys delete 0cm8r5m2d9k3x7qp
            """,
        subcommands: [Create.self, List.self, Delete.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a key and show it, this once.",
            discussion: """
                Prints the key alone on the standard output. --tenant '*' makes a key of the platform: it speaks for \
                every tenant, and names one with --tenant in its calls.

                SCOPES
                  publish    publish events
                  subscribe  make and change subscriptions
                  read       find, trace and stream events; look at everything else
                  replay     replays; redrive and discard dead letters
                  admin      all of it, and keys

                EXAMPLES
                  portarium keys create --tenant '*' --scope admin --data-dir ./data
                  portarium keys create --tenant acme --scope publish --scope read
                """)

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "What the key allows: publish, subscribe, read, replay, admin; may be repeated.",
                valueName: "scope"))
        var scope: [Scope]

        @Option(help: ArgumentHelp("What people call it.", valueName: "name"))
        var name = ""

        @Option(
            help: ArgumentHelp("When it stops working, like 2027-01-31T00:00:00Z. (default: never)", valueName: "time"))
        var expiresAt: String?

        @OptionGroup var options: KeyOptions

        func validate() throws {
            if self.scope.isEmpty { throw ValidationError("--scope must name one scope at least.") }
            if let expiresAt, TimeArgument.future(expiresAt) == nil {
                throw ValidationError(
                    "--expires-at must be a time to come like 2027-01-31T00:00:00Z, not '\(expiresAt)'.")
            }
        }

        func run() async throws {
            let tenant = self.options.server.tenant
            guard self.options.isLocal else {
                var body: [String: JSONValue] = [
                    "name": .string(self.name), "scopes": .array(self.scope.map { .string($0.rawValue) }),
                ]
                if let tenant { body["tenant"] = .string(tenant) }
                if let expiresAt { body["expiresAt"] = .string(expiresAt) }
                var server = self.options.server
                // The tenant is the key's, not the one that the call is made for.
                server.tenant = nil
                return try await server.call(.post("/v1/keys", .object(body)), human: KeysCommand.showNew)
            }
            guard let reach = tenant.flatMap({ TenantReach($0) }) else {
                throw CommandFailure(.usage, "--tenant must name the key's tenant, or be '*' for all of them")
            }
            try await self.options.withLog { keys, terminal in
                let made = try await keys.service.create(
                    KeyRequest(
                        reach: reach, name: self.name, scopes: Set(self.scope),
                        expiresAtMilliseconds: self.expiresAt.flatMap(TimeArgument.future)),
                    by: LocalKeys.principal)
                let answer = made.record.json(text: made.key.text)
                if self.options.server.json {
                    try terminal.print(answer.serialized())
                } else {
                    try KeysCommand.showNew(answer, on: terminal)
                }
                try await keys.note(.keyCreated, made.record)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the keys, never what they are.",
            discussion: """
                A key of the platform sees the keys of all tenants, or with --tenant those of one.

                EXAMPLE
                  portarium keys list --limit 200
                """)

        @OptionGroup var page: PageOptions
        @OptionGroup var options: KeyOptions

        func run() async throws {
            guard self.options.isLocal else {
                return try await self.options.server.call(
                    .get("/v1/keys", query: self.page.query), human: KeysCommand.showList)
            }
            try await self.options.withLog { keys, terminal in
                let reach = self.options.server.tenant.flatMap { TenantReach($0) } ?? .all
                let found = try await keys.service.list(
                    within: reach, page: PageRequest(limit: self.page.limit, cursor: self.page.cursor))
                var members: [String: JSONValue] = ["items": .array(found.items.map { $0.json() })]
                if let cursor = found.nextCursor { members["nextCursor"] = .string(cursor) }
                if self.options.server.json { return try terminal.print(JSONValue.object(members).serialized()) }
                try KeysCommand.showList(.object(members), on: terminal)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete a key; it stops working.",
            discussion: "EXAMPLE\n  portarium keys delete 0cm8r5m2d9k3x7qp")

        @Argument(help: "The id of the key.") var id: String
        @OptionGroup var options: KeyOptions

        func run() async throws {
            guard self.options.isLocal else {
                return try await self.options.server.call(.delete("/v1/keys/\(PercentEncoding.segment(self.id))")) {
                    _, terminal in try terminal.print("deleted \(self.id)")
                }
            }
            try await self.options.withLog { keys, terminal in
                let record = try await keys.service.delete(self.id, within: .all)
                if !self.options.server.json { try terminal.print("deleted \(self.id)") }
                try await keys.note(.keyDeleted, record)
            }
        }
    }

    /// A new key for people: the key alone where scripts read it, the rest beside it.
    private static func showNew(_ key: JSONValue, on terminal: Terminal) throws {
        let scopes = key["scopes"]?.elements?.map(\.plain).joined(separator: " ") ?? ""
        terminal.complain(
            TerminalText.safe(
                "key \(key["id"]?.plain ?? "") of tenant \(key["tenant"]?.plain ?? ""), scopes \(scopes): it is shown "
                    + "this once, keep it well"))
        try terminal.print(key["key"]?.plain ?? "")
    }

    private static func showList(_ page: JSONValue, on terminal: Terminal) throws {
        try PageOptions.show(
            page, on: terminal,
            columns: [.text("ID"), .text("TENANT"), .text("SCOPES"), .text("EXPIRES"), .text("NAME")],
            none: "There are no keys."
        ) { item in
            [
                item["id"]?.plain ?? "", item["tenant"]?.plain ?? "",
                item["scopes"]?.elements?.map(\.plain).joined(separator: " ") ?? "",
                item["expiresAt"]?.plain ?? "never", item["name"]?.plain ?? "",
            ]
        }
    }
}

extension Scope: ExpressibleByArgument {}
