import ArgumentParser
import Testing

@testable import Portarium

/// Arguments of every command, help, and exit statuses.
struct CommandLineTests {
    @Test(arguments: [
        ["serve"], ["serve", "--config", "a.yaml", "--listen", "[::1]:80", "--data-dir", "d", "--log-level", "debug"],
        ["serve", "--log-format", "json", "--listen", ":0"], ["serve", "--kafka", "b:9092,c:9092"],
        ["topics", "plan", "--config", "a.yaml", "--kafka", "b:9092", "--json"], ["topics", "apply", "--dry-run"],
        ["publish", "--type", "t"], ["publish", "--type", "t", "-"],
        ["publish", "--type", "t", "--data", "-5", "--ext", "a=b=c", "--ext", "d=", "--time", "2026-01-01T00:00:00Z"],
        ["publish", "--type", "t", "--data-file", "-", "--content-type", "text/plain", "--source", "/s", "--id", "1"],
        ["publish", "--ndjson", "-", "--batch-size", "1000", "--concurrency", "64", "--retries", "0", "--json"],
        ["tail"], ["tail", "--filter", "-1 < 2", "--from", "15m", "--limit", "3", "--json"],
        ["subscriptions", "list", "--limit", "200", "--cursor", "c"], ["subscriptions", "get", "a"],
        ["subscriptions", "create", "--sink", "https://a", "--type", "x", "--type", "y", "--exact", "k=v"],
        ["subscriptions", "create", "--file", "s.yaml", "--id", "a", "--no-dead-letter", "--start", "runs/0@5"],
        ["subscriptions", "update", "a", "--ordering", "unordered", "--mode", "batched", "--rate", "0.5"],
        ["subscriptions", "update", "a", "--linger-ms", "5", "--min-delay-ms", "1", "--max-delay-ms", "2"],
        ["subscriptions", "update", "a", "--max-age-ms", "1000", "--method", "PUT"],
        ["subscriptions", "delete", "a"], ["subscriptions", "pause", "a"], ["subscriptions", "resume", "a"],
        ["replay", "create", "--subscription", "a", "--from", "2h", "--to", "1h", "--dry-run"],
        ["replay", "create", "--sink", "https://a", "--topic", "t", "--correlation-id", "c", "--rate", "5", "--watch"],
        ["replay", "list"], ["replay", "get", "r", "--watch"], ["replay", "pause", "r"], ["replay", "resume", "r"],
        ["replay", "cancel", "r"],
        ["dead-letters", "list", "--subscription", "a", "--reason", "gone"], ["dead-letters", "get", "d"],
        ["dead-letters", "redrive", "d", "e"], ["dead-letters", "redrive", "d", "--exact", "a=b"],
        ["dead-letters", "redrive", "--subscription", "a", "--filter-sql", "TRUE"],
        ["dead-letters", "discard", "d", "e"],
        ["trace", "id", "--source", "/s", "--server", "http://h:1", "--tenant", "t", "--key", "k", "--json"],
        ["filter", "eval", "--dialect", "sql", "--event", "-", "--json", "--", "-1"], ["filter", "eval", "TRUE"],
        ["check", "a.yaml", "--json"],
    ])
    func commandIsUnderstood(_ arguments: [String]) async throws {
        _ = try await PortariumCommand.asyncParseAsRoot(arguments)
    }

    @Test(arguments: [
        ["nonsense"], ["topics", "plan", "a.yaml"], ["topics", "plan", "--dry-run"], ["serve", "--roles", "workflows"],
        ["serve", "--roles", ""],
        ["serve", "--listen", "8080"],
        ["serve", "--listen", "a:99999"], ["serve", "--listen", "::1:80"], ["serve", "--log-level", "loud"],
        ["publish"], ["publish", "--type", ""], ["publish", "--type", "t", "file.json"],
        ["publish", "--type", "t", "--data", "1", "-"], ["publish", "--type", "t", "--data", "1", "--data-file", "f"],
        ["publish", "--type", "t", "--ext", "Bad=1"], ["publish", "--type", "t", "--ext", "id=1"],
        ["publish", "--type", "t", "--ext", "a=1", "--ext", "a=2"], ["publish", "--type", "t", "--ext", "a"],
        ["publish", "--type", "t", "--time", "yesterday"], ["publish", "--type", "t", "--source", "a b"],
        ["publish", "--type", "t", "--id", ""], ["publish", "--ndjson", "-", "--type", "t"],
        ["publish", "--ndjson", "-", "--batch-size", "0"], ["publish", "--ndjson", "-", "--concurrency", "65"],
        ["tail", "--limit", "0"], ["tail", "--from", "yesterday"],
        ["subscriptions", "list", "--limit", "201"], ["subscriptions", "get"], ["subscriptions", "create"],
        ["subscriptions", "create", "--sink", "https://a", "--start", "soon"],
        ["subscriptions", "create", "--sink", "https://a", "--exact", "k"],
        ["subscriptions", "create", "--sink", "https://a", "--ordering", "random"], ["subscriptions", "update", "a"],
        ["replay", "create"], ["replay", "create", "--subscription", "a", "--sink", "https://a"],
        ["replay", "create", "--subscription", "a", "--rate", "0"],
        ["replay", "create", "--subscription", "a", "--from", "soon"],
        ["dead-letters", "redrive"], ["dead-letters", "redrive", "d", "--subscription", "a"],
        ["dead-letters", "discard"],
        ["trace"], ["filter", "eval"], ["filter", "eval", "--dialect", "lua", "x"], ["check"],
    ])
    func wrongCommandLineEndsWithTwo(_ arguments: [String]) async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(arguments) == .usage)
        #expect(terminal.output == "")
        #expect(terminal.errors.contains("Error: "))
    }

    @Test func helpAndVersionEndWithZero() async {
        let version = CapturedTerminal()
        #expect(await version.run(["--version"]) == .done)
        #expect(version.output == "portarium 0.1.0\n")
        let help = CapturedTerminal()
        #expect(await help.run(["--help"]) == .done)
        #expect(help.output.contains("EXIT CODES"))
        for code in [
            "0  done", "1  failed", "2  usage or bad input", "3  the router is not reachable", "4  partly done",
        ] {
            #expect(help.output.contains(code))
        }
        #expect(help.errors == "")
        let nothing = CapturedTerminal()
        #expect(await nothing.run([]) == .done)
        #expect(nothing.output == help.output)
    }

    @Test func everyCommandHasAnAbstractAndAnExample() async {
        func visit(_ command: any ParsableCommand.Type, _ path: [String]) async {
            let configuration = command.configuration
            #expect(!configuration.abstract.isEmpty, "\(path)")
            #expect(configuration.discussion.contains("portarium"), "\(path) has no example")
            // An example that is wrapped cannot be copied.
            for line in configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 80, "\(line)")
            }
            let terminal = CapturedTerminal()
            #expect(await terminal.run(path + ["--help"]) == .done, "\(path)")
            #expect(terminal.output.contains("USAGE: portarium"), "\(path)")
            for child in configuration.subcommands {
                await visit(child, path + [child.configuration.commandName ?? ""])
            }
        }
        await visit(PortariumCommand.self, [])
    }

    @Test func listenAddressesAreTakenApart() throws {
        #expect(try ServeCommand.address("0.0.0.0:80") == ("0.0.0.0", 80))
        #expect(try ServeCommand.address(":0") == ("0.0.0.0", 0))
        #expect(try ServeCommand.address("[::1]:8080") == ("::1", 8_080))
        #expect(try ServeCommand.address("localhost:1") == ("localhost", 1))
    }

    @Test func serveReadsItsConfigurationFirst() async throws {
        try await TemporaryFile.with("log:\n  partitions: 0\n") { file in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["serve"], environment: ["PORTARIUM_CONFIG": file.path]) == .usage)
            #expect(terminal.errors.contains("\(file.path):2:15: log.partitions must be 1 to 1024, not 0"))
        }
    }

    @Test func statusesOfProblemsAreThoseOfTheContract() {
        func status(_ code: Int) -> Portarium.ExitStatus { Problem(status: code, sentence: "").exitStatus }
        #expect([400, 413, 415, 422].map(status) == Array(repeating: .usage, count: 4))
        #expect([401, 403, 404, 409, 429, 500, 503].map(status) == Array(repeating: .failed, count: 7))
        #expect([502, 504].map(status) == [.unreachable, .unreachable])
        let all: [Portarium.ExitStatus] = [.done, .failed, .usage, .unreachable, .partlyDone]
        #expect(all.map(\.rawValue) == [0, 1, 2, 3, 4])
    }

    @Test(arguments: ["localhost:8080", "ftp://a", "http://", "http://a b", "http://a?x=1"])
    func wrongServerEndsWithTwo(_ server: String) async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["subscriptions", "list", "--server", server]) == .usage)
        #expect(terminal.errors.contains("is no router's URL"))
    }

    @Test func headersCannotBeSmuggledIn() async {
        for option in ["--tenant", "--key"] {
            let terminal = CapturedTerminal()
            let arguments = ["trace", "1", "--server", "http://127.0.0.1:1", option, "a\r\nx-evil: 1"]
            #expect(await terminal.run(arguments) == .usage)
        }
    }

    @Test func unreachableRouterEndsWithThree() async {
        for arguments in [["subscriptions", "list"], ["tail"], ["publish", "--type", "t"], ["trace", "1"]] {
            let terminal = CapturedTerminal()
            // Port 1 of the loopback: nobody listens there.
            #expect(await terminal.run(arguments + ["--server", "http://127.0.0.1:1"]) == .unreachable)
            #expect(terminal.errors.contains("no router answers at http://127.0.0.1:1 ("))
            #expect(terminal.errors.contains("portarium serve"))
        }
    }
}
