import ArgumentParser
import NIOCore

/// The options of every command that talks to a router.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The router. (env: PORTARIUM_SERVER, default: http://127.0.0.1:8080)", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "On whose behalf, without a key or with one of all tenants. (env: PORTARIUM_TENANT)", valueName: "tenant"))
    var tenant: String?

    @Option(
        help: ArgumentHelp(
            "The key to sign in with. Better set PORTARIUM_KEY: others on this machine can see a command line.",
            valueName: "key"))
    var key: String?

    @Flag(
        help: """
            Print the router's answer as JSON instead of text for people, and what went wrong as one JSON object on \
            the standard error: the router's problem document with 'exitCode'.
            """)
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
    ///
    /// `conflict` is what people are told of a 409 whose own words speak of HTTP.
    func withClient(
        connectionsMax: Int = 8, conflict: String? = nil, _ body: (RouterClient, Terminal) async throws -> Void
    ) async throws {
        let terminal = Terminal.current
        let endpoint = try self.endpoint(terminal.environment)
        try await RouterClient.with(endpoint, connectionsMax: connectionsMax) { client in
            do {
                try await body(client, terminal)
            } catch let problem as Problem {
                var failure = problem.failure
                if self.json { throw failure.asJSON(of: problem) }
                if problem.status == 409, let conflict {
                    failure.message = conflict
                    failure.details = []
                }
                throw failure
            } catch let failure as CommandFailure {
                throw self.json ? failure.asJSON() : failure
            }
        }
    }

    /// Calls and prints: the answer as it came with `--json`, else what `human` makes of it.
    func call(
        _ request: RouterRequest, conflict: String? = nil, human: @Sendable (JSONValue, Terminal) throws -> Void
    ) async throws {
        try await self.withClient(conflict: conflict) { client, terminal in
            let answer = try await client.call(request)
            try self.show(answer, on: terminal, human: human)
        }
    }

    /// Prints an answer. 204, which has no body, is nothing with `--json`.
    /// - Throws: ``CommandFailure`` where there should be a body and is no JSON: something else than a router answers.
    func show(
        _ answer: ServerAnswer, on terminal: Terminal, human: (JSONValue, Terminal) throws -> Void
    ) throws {
        let json = answer.json
        let isAnswer = json.members != nil || self.json && answer.body.readableBytes > 0
        guard isAnswer || answer.status == 204 else {
            throw CommandFailure(.failed, "the answer is not what a router answers: is it another server's URL?")
        }
        guard self.json else { return try human(json, terminal) }
        let text = answer.text
        if !text.isEmpty { try terminal.print(text) }
    }
}
