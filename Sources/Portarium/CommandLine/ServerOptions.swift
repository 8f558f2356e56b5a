import ArgumentParser

/// The options of every command that talks to a router.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The router. (env: PORTARIUM_SERVER, default: http://127.0.0.1:8080)", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "On whose behalf, where the router works without keys. (env: PORTARIUM_TENANT)", valueName: "tenant"))
    var tenant: String?

    @Option(
        help: ArgumentHelp(
            "The key to sign in with. Better set PORTARIUM_KEY: others on this machine can see a command line.",
            valueName: "key"))
    var key: String?

    @Flag(help: "Print the router's answer as JSON instead of text for people.")
    var json = false

    /// Options over environment over default.
    func endpoint(_ environment: [String: String]) throws(CommandFailure) -> ServerEndpoint {
        func choice(_ option: String?, _ variable: String) -> String? {
            option ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        }
        return try ServerEndpoint(
            url: choice(self.server, "PORTARIUM_SERVER") ?? "http://127.0.0.1:8080",
            tenant: choice(self.tenant, "PORTARIUM_TENANT"), key: choice(self.key, "PORTARIUM_KEY"))
    }

    /// Runs `body` with a client; a ``Problem`` becomes what people (or with `--json`, programs) are told.
    func withClient(
        connectionsMax: Int = 8, _ body: (RouterClient, Terminal) async throws -> Void
    ) async throws {
        let terminal = Terminal.current
        let endpoint = try self.endpoint(terminal.environment)
        try await RouterClient.with(endpoint, connectionsMax: connectionsMax) { client in
            do {
                try await body(client, terminal)
            } catch let problem as Problem {
                throw problem.failure
            }
        }
    }

    /// Calls and prints: the answer as it came with `--json`, else what `human` makes of it.
    func call(_ request: RouterRequest, human: @Sendable (JSONValue, Terminal) throws -> Void) async throws {
        try await self.withClient { client, terminal in
            let answer = try await client.call(request)
            try self.show(answer, on: terminal, human: human)
        }
    }

    /// Prints an answer. An answer without a body is nothing with `--json`.
    func show(
        _ answer: ServerAnswer, on terminal: Terminal, human: (JSONValue, Terminal) throws -> Void
    ) throws {
        guard self.json else { return try human(answer.json, terminal) }
        let text = answer.text
        if !text.isEmpty { try terminal.print(text) }
    }
}
