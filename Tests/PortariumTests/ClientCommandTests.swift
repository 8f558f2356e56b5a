import HTTPTypes
import Testing

@testable import Portarium

/// The commands that manage and ask, against a router with scripted answers.
struct ClientCommandTests {
    private static let subscription = """
        {"id":"audit","sink":"https://a.example/","protocol":"HTTP","types":["t"],"filters":[{"sql":"TRUE"}],
         "config":{"ordering":"key","concurrency":64},"status":"active","lag":3,"lastError":null,"lostOffsets":0,
         "createdAt":"2026-01-01T00:00:00.000Z"}
        """

    @Test func listIsATableAndSaysThatThereIsMore() async throws {
        try await FakeRouter.with { _, _ in
            .json("{\"items\":[\(Self.subscription)],\"nextCursor\":\"n/1\"}")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(
                await router.run(["subscriptions", "list", "--limit", "1", "--cursor", "a b"], on: terminal) == .done)
            #expect(
                terminal.output == """
                    ID     STATUS  LAG  SINK                TYPES
                    audit  active    3  https://a.example/  t

                    """)
            #expect(terminal.errors == "There are more: --cursor n/1\n")
            #expect(router.requests.first?.path == "/v1/subscriptions")
            #expect(router.requests.first?.query == "limit=1&cursor=a%20b")
        }
    }

    @Test func conflictsSpeakTheCommandLine() async throws {
        try await FakeRouter.with { _, _ in
            .problem(409, #"{"title":"t","status":409,"detail":"… with ?source= … with PUT","errors":[]}"#)
        } _: { router in
            let trace = CapturedTerminal()
            #expect(await router.run(["trace", "7"], on: trace) == .failed)
            #expect(trace.errors == "portarium: several sources have an event '7': say which with --source\n")
            let create = CapturedTerminal()
            let arguments = ["subscriptions", "create", "--id", "a", "--sink", "https://a.example"]
            #expect(await router.run(arguments, on: create) == .failed)
            #expect(create.errors.contains("'portarium subscriptions update a'"))
        }
    }

    @Test func withJSONAFaultIsOneObject() async throws {
        let problem = #"{"type":"urn:x","title":"t","status":404,"detail":"there is none","index":3}"#
        try await FakeRouter.with { _, _ in
            .problem(404, problem)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["trace", "7", "--json"], on: terminal) == .failed)
            let fault = try #require(JSONValue(parsing: terminal.errors.utf8))
            #expect(fault["detail"]?.text == "there is none")
            #expect(fault["type"]?.text == "urn:x")
            #expect(fault["exitCode"]?.integer == 1)
            #expect(terminal.output == "")
        }
        let terminal = CapturedTerminal()
        let arguments = ["subscriptions", "list", "--json", "--server", "http://127.0.0.1:1"]
        #expect(await terminal.run(arguments) == .unreachable)
        #expect(JSONValue(parsing: terminal.errors.utf8)?["exitCode"]?.integer == 3)
    }

    @Test(arguments: [["subscriptions", "list"], ["subscriptions", "get", "a"], ["trace", "1", "--json"]])
    func anAnswerThatIsNoRoutersFails(arguments: [String]) async throws {
        try await FakeRouter.with { _, _ in
            FakeRouter.Answer(status: 200, chunks: [])
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(arguments, on: terminal) == .failed)
            #expect(terminal.errors.contains("another server"))
        }
    }

    @Test func jsonIsTheAnswerAsItCame() async throws {
        let odd = "{ \"items\" : [ ],\n\"x\":1e400 }"
        try await FakeRouter.with { _, _ in
            .json(odd)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["subscriptions", "list", "--json"], on: terminal) == .done)
            #expect(terminal.output == odd + "\n")
        }
    }

    @Test func tenantAndKeyComeFromOptionsOrTheEnvironment() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.subscription)
        } _: { router in
            let environment = ["PORTARIUM_SERVER": router.base + "/", "PORTARIUM_TENANT": "env", "PORTARIUM_KEY": "k1"]
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["subscriptions", "get", "a/b c"], environment: environment) == .done)
            #expect(
                await terminal.run(
                    ["subscriptions", "get", "x", "--tenant", "t", "--key", "k2"], environment: environment)
                    == .done)
            let tenant = try #require(HTTPField.Name("x-tenant-id"))
            #expect(router.requests.map { $0.headers[tenant] } == ["env", "t"])
            #expect(router.requests.map { $0.headers[.authorization] } == ["Bearer k1", "Bearer k2"])
            #expect(router.requests.first?.path == "/v1/subscriptions/a%2Fb%20c")
            #expect(terminal.output.contains("audit"))
            #expect(!terminal.output.contains("k1") && !terminal.errors.contains("k1"))
        }
    }

    @Test func problemIsOneSentenceWithItsFields() async throws {
        let body = """
            {"type":"about:blank","title":"Unprocessable","status":422,"detail":"the subscription is not valid",
             "errors":[{"pointer":"/sink","detail":"must be an absolute URL"},{"pointer":"/config/concurrency",
             "detail":"must be 1 to 1024"}]}
            """
        try await FakeRouter.with { _, _ in
            .problem(422, body)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["subscriptions", "create", "--sink", "x"], on: terminal) == .usage)
            #expect(terminal.output == "")
            #expect(
                terminal.errors == """
                    portarium: the subscription is not valid
                      /sink: must be an absolute URL
                      /config/concurrency: must be 1 to 1024

                    """)
        }
    }

    @Test(arguments: [(401, "--key"), (403, "scopes"), (404, "HTTP 404"), (500, "HTTP 500")])
    func otherAnswersAreFailures(_ code: Int, _ text: String) async throws {
        try await FakeRouter.with { _, _ in
            .problem(code, "<html>")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["trace", "1"], on: terminal) == .failed)
            #expect(terminal.errors.contains(text))
        }
    }

    @Test func createSendsWhatTheOptionsSay() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.subscription, status: 201)
        } _: { router in
            let terminal = CapturedTerminal()
            let arguments = [
                "subscriptions", "create", "--id", "audit", "--sink", "https://a", "--type", "x", "--type", "y",
                "--source", "/s", "--exact", "k=v", "--filter-sql", "a = 'b'", "--ordering", "unordered", "--mode",
                "batched", "--batch-max", "5", "--max-attempts", "3", "--timeout-ms", "900", "--rate", "2.5", "--start",
                "portarium.runs/2@77", "--no-dead-letter", "--header", "x-a=b", "--concurrency", "7",
            ]
            #expect(await router.run(arguments, on: terminal) == .done)
            let request = try #require(router.requests.first)
            #expect(request.method == "POST")
            #expect(request.headers[.contentType] == "application/json")
            let expected = JSONValue(
                parsing: """
                    {"id":"audit","sink":"https://a","protocol":"HTTP","types":["x","y"],"source":"/s",
                     "filters":[{"exact":{"k":"v"}},{"sql":"a = 'b'"}],"protocolsettings":{"headers":{"x-a":"b"}},
                     "config":{"ordering":"unordered","mode":"batched","batch":{"max":5},"retry":{"maxAttempts":3},
                      "timeoutMs":900,"rateLimit":{"perSecond":2.5},"concurrency":7,"deadLetter":false,
                      "start":{"topic":"portarium.runs","partition":2,"offset":77}}}
                    """.utf8)
            #expect(JSONValue(parsing: request.body.utf8) == expected)
        }
    }

    @Test func createTakesYAMLAndOptionsOverrule() async throws {
        let yaml = """
            id: audit
            sink: https://file.example/
            types: [a, "1"]
            config:
              deadLetter: false
              retry: {maxAttempts: 3}
              rateLimit: {perSecond: 0.5}
            """
        try await FakeRouter.with { _, _ in
            .json(Self.subscription, status: 201)
        } _: { router in
            try await TemporaryFile.with(yaml, name: "s.yaml") { file in
                let terminal = CapturedTerminal()
                let arguments = ["subscriptions", "create", "--file", file.path, "--sink", "https://option.example/"]
                #expect(await router.run(arguments, on: terminal) == .done)
            }
            let body = try #require(router.requests.first.flatMap { JSONValue(parsing: $0.body.utf8) })
            #expect(body["sink"] == "https://option.example/")
            #expect(body["types"] == .array(["a", "1"]))
            #expect(body["config"]?["deadLetter"] == false)
            #expect(body["config"]?["retry"]?["maxAttempts"] == 3)
            #expect(body["config"]?["rateLimit"]?["perSecond"] == .number(0.5))
        }
    }

    @Test func documentThatIsNoneHasItsPlace() async throws {
        try await TemporaryFile.with("sink: [\n", name: "s.yaml") { file in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["subscriptions", "create", "--file", file.path]) == .usage)
            #expect(terminal.errors.contains("\(file.path):2:1: "))
        }
    }

    @Test func updateChangesWhatIsNamedAndSendsNothingOfTheRouters() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.subscription)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(
                await router.run(["subscriptions", "update", "audit", "--concurrency", "5"], on: terminal) == .done)
            #expect(router.requests.map(\.method) == ["GET", "PUT"])
            let body = try #require(router.requests.last.flatMap { JSONValue(parsing: $0.body.utf8) })
            #expect(
                body.members?.keys.sorted() == ["config", "filters", "id", "protocol", "sink", "types"])
            #expect(body["config"]?["concurrency"] == 5)
            #expect(body["config"]?["ordering"] == "key")
        }
    }

    @Test func deleteAndPauseCallTheirPaths() async throws {
        try await FakeRouter.with { request, _ in
            request.method == "DELETE" ? FakeRouter.Answer(status: 204, chunks: []) : .json(Self.subscription)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["subscriptions", "delete", "a"], on: terminal) == .done)
            #expect(await router.run(["subscriptions", "pause", "a"], on: terminal) == .done)
            #expect(await router.run(["subscriptions", "resume", "a"], on: terminal) == .done)
            #expect(
                router.requests.map { "\($0.method) \($0.path)" } == [
                    "DELETE /v1/subscriptions/a", "POST /v1/subscriptions/a/pause", "POST /v1/subscriptions/a/resume",
                ])
            #expect(terminal.lines.first == "deleted a")
        }
    }

    @Test func dryRunCountsAndWatchFollowsToTheEnd() async throws {
        try await FakeRouter.with { request, count in
            if request.body.contains("\"dryRun\":true") { return .json("{\"matched\":12}") }
            let status = count < 3 ? "running" : "done"
            return .json("{\"id\":\"r1\",\"status\":\"\(status)\",\"matched\":4,\"delivered\":\(count),\"failed\":0}")
        } _: { router in
            let terminal = CapturedTerminal()
            let create = ["replay", "create", "--subscription", "a", "--from", "2026-01-01T00:00:00Z", "--rate", "5"]
            #expect(await router.run(create + ["--dry-run"], on: terminal) == .done)
            #expect(terminal.output == "12 event(s) would be sent\n")
            #expect(await router.run(create + ["--watch", "--interval-ms", "1"], on: terminal) == .done)
            #expect(terminal.lines.last == "r1  done  4 matched  3 delivered  0 failed")
            #expect(router.requests.dropFirst(2).map(\.path) == ["/v1/replays/r1", "/v1/replays/r1"])
            let body = try #require(JSONValue(parsing: router.requests[0].body.utf8))
            #expect(body["from"] == "2026-01-01T00:00:00Z")
            #expect(body["subscription"] == "a")
        }
    }

    @Test(arguments: [
        ("done", 3, 1, Portarium.ExitStatus.partlyDone), ("done", 0, 1, .failed), ("cancelled", 3, 0, .partlyDone),
        ("failed", 0, 0, .failed), ("done", 0, 0, .done),
    ])
    func watchedReplayEndsWithWhatBecameOfIt(
        _ status: String, _ delivered: Int, _ failed: Int, _ expected: Portarium.ExitStatus
    ) async throws {
        try await FakeRouter.with { _, _ in
            .json(
                "{\"id\":\"r\",\"status\":\"\(status)\",\"matched\":4,\"delivered\":\(delivered),\"failed\":\(failed)}")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["replay", "get", "r", "--watch"], on: terminal) == expected)
        }
    }

    @Test func redriveNamesItsSelection() async throws {
        try await FakeRouter.with { _, _ in
            .json("{\"redriven\":2}", status: 202)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["dead-letters", "redrive", "d1", "d2"], on: terminal) == .done)
            #expect(
                await router.run(["dead-letters", "redrive", "--subscription", "a", "--suffix", "k=v"], on: terminal)
                    == .done)
            #expect(terminal.lines == ["redriven 2", "redriven 2"])
            #expect(
                router.requests.map { JSONValue(parsing: $0.body.utf8) } == [
                    JSONValue(parsing: #"{"ids":["d1","d2"]}"#.utf8),
                    JSONValue(parsing: #"{"subscription":"a","filters":[{"suffix":{"k":"v"}}]}"#.utf8),
                ])
        }
    }

    @Test func discardOfSeveralIsPartlyDoneWhereOneFails() async throws {
        try await FakeRouter.with { request, _ in
            request.path.hasSuffix("d2")
                ? .problem(404, #"{"detail":"there is no dead letter d2"}"#)
                : FakeRouter.Answer(status: 204, chunks: [])
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["dead-letters", "discard", "d1", "d2", "d3"], on: terminal) == .partlyDone)
            #expect(terminal.output == "discarded 2\n")
            #expect(terminal.errors.contains("d2: there is no dead letter d2"))
            #expect(await router.run(["dead-letters", "discard", "d2"], on: CapturedTerminal()) == .failed)
        }
    }

    @Test func deadLettersAreListedAndShown() async throws {
        let letter = """
            {"id":"d1","subscription":"a","event":{"id":"e","type":"t"},"reason":"rejected","status":400,"attempts":1,
             "at":"2026-01-01T00:00:00.000Z","position":{"topic":"x","partition":0,"offset":1}}
            """
        try await FakeRouter.with { request, _ in
            request.path.hasSuffix("d1") ? .json(letter) : .json("{\"items\":[\(letter)]}")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["dead-letters", "list", "--reason", "rejected"], on: terminal) == .done)
            #expect(
                terminal.lines.last == "d1  2026-01-01T00:00:00.000Z  a             rejected     400         1  t     e"
            )
            #expect(router.requests.first?.query == "reason=rejected&limit=50")
            let one = CapturedTerminal()
            #expect(await router.run(["dead-letters", "get", "d1"], on: one) == .done)
            #expect(one.output.contains("reason        rejected\n"))
        }
    }
}
