import ArgumentParser

/// Watching a replay to its end.
struct ReplayWatch: ParsableArguments {
    @Flag(help: "Show how far it is until it ends.")
    var watch = false

    @Option(help: ArgumentHelp("How often to look.", visibility: .hidden))
    var intervalMs = 1_000

    func validate() throws {
        guard (1...3_600_000).contains(self.intervalMs) else {
            throw ValidationError("--interval-ms must be 1 to 3600000.")
        }
    }

    /// Prints a replay, or with `--watch` follows it first. The last state is what is printed.
    /// - Throws: ``CommandFailure`` where it was watched and did not send everything.
    func show(
        _ answer: ServerAnswer, _ client: RouterClient, _ terminal: Terminal, server: ServerOptions
    ) async throws {
        var answer = answer
        guard self.watch, let id = answer.json["id"]?.text else {
            return try server.show(answer, on: terminal, human: ReplayCommand.show)
        }
        var progress = ProgressLine(terminal)
        while Self.isMoving(answer.json) {
            let replay = answer.json
            let matched = replay["matched"]?.integer ?? 0
            let failed = replay["failed"]?.integer ?? 0
            let delivered = replay["delivered"]?.integer ?? 0
            progress.update(
                fraction: matched > 0 ? Double(delivered + failed) / Double(matched) : nil, done: Int(delivered),
                unit: "delivered", failed: Int(failed))
            try await Task.sleep(for: .milliseconds(self.intervalMs))
            answer = try await client.call(.get(ReplayCommand.path(id)))
        }
        progress.clear()
        try server.show(answer, on: terminal, human: ReplayCommand.show)
        if let failure = Self.failure(answer.json) { throw failure }
    }

    private static func isMoving(_ replay: JSONValue) -> Bool {
        ["counting", "running"].contains(replay["status"]?.text)
    }

    /// What a replay that has come to rest ends the command with; nil where it sent everything.
    static func failure(_ replay: JSONValue) -> CommandFailure? {
        let delivered = replay["delivered"]?.integer ?? 0
        let failed = replay["failed"]?.integer ?? 0
        switch replay["status"]?.text {
        case "done" where failed == 0: return nil
        case "done":
            return CommandFailure(
                delivered > 0 ? .partlyDone : .failed,
                "\(failed) event(s) could not be delivered; see 'portarium dead-letters list'")
        case let status:
            let word = TerminalText.safe(status ?? "in an unknown state")
            return CommandFailure(
                delivered > 0 ? .partlyDone : .failed, "the replay is \(word) after \(delivered) event(s)")
        }
    }
}
