import Foundation
import HTTPTypes
import Testing

@testable import Portarium

/// `portarium publish` and `portarium tail` against a router with scripted answers.
struct PublishCommandTests {
    private static let accepted = """
        {"accepted":1,"events":[
          {"id":"1","source":"/s","correlationid":"c","topic":"portarium.runs","partition":3,"offset":9}]}
        """

    private func header(_ request: FakeRouter.Request, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0] }
    }

    @Test func eventGoesOutInBinaryMode() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.accepted, status: 202)
        } _: { router in
            let terminal = CapturedTerminal()
            let arguments = [
                "publish", "--type", "com.example.A", "--source", "/s", "--id", "1", "--subject", "ü b", "--time",
                "2026-01-01T00:00:00Z", "--data", #"{"n":12345678901234567890}"#, "--ext", "partitionkey=a=b",
            ]
            #expect(await router.run(arguments, on: terminal) == .done)
            #expect(terminal.output == "accepted 1 at portarium.runs/3@9, correlation c\n")
            let request = try #require(router.requests.first)
            #expect(request.body == #"{"n":12345678901234567890}"#)
            #expect(self.header(request, "content-type") == "application/json")
            #expect(self.header(request, "ce-specversion") == "1.0")
            #expect(self.header(request, "ce-type") == "com.example.A")
            #expect(self.header(request, "ce-subject") == "%C3%BC%20b")
            #expect(self.header(request, "ce-partitionkey") == "a=b")
            #expect(self.header(request, "ce-time") == "2026-01-01T00:00:00Z")
        }
    }

    @Test func idSourceAndTimeHaveDefaultsAndNoDataIsNoBody() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.accepted, status: 202)
        } _: { router in
            #expect(await router.run(["publish", "--type", "t", "--json"], on: CapturedTerminal()) == .done)
            let request = try #require(router.requests.first)
            #expect(request.body == "")
            #expect(self.header(request, "content-type") == nil)
            #expect(self.header(request, "ce-id")?.count == 36)
            #expect(self.header(request, "ce-source") == "urn:portarium:cli")
            #expect(self.header(request, "ce-time") != nil)
        }
    }

    @Test(arguments: [["publish"], ["publish", "-"]])
    func aPipeWithoutOptionsIsAnEventALine(arguments: [String]) async throws {
        let line = #"{"specversion":"1.0","id":"1","source":"/s","type":"t"}"# + "\n"
        try await TemporaryFile.with(line) { file in
            let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
            try await FakeRouter.with { _, _ in
                .json(Self.accepted, status: 202)
            } _: { router in
                let terminal = CapturedTerminal()
                let status = await terminal.run(
                    arguments + ["--server", router.base], inputDescriptor: input.fileDescriptor,
                    isInputInteractive: false)
                #expect(status == .done)
                #expect(terminal.output == "accepted 1 event(s)\n")
                let request = try #require(router.requests.first)
                #expect(self.header(request, "content-type") == "application/cloudevents-batch+json")
            }
        }
    }

    @Test func dataThatIsNoJSONNeedsItsType() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.accepted, status: 202)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["publish", "--type", "t", "--data", "hello"], on: terminal) == .usage)
            #expect(terminal.errors.contains("--content-type"))
            #expect(router.requests.isEmpty)
            let arguments = ["publish", "--type", "t", "--data", "hello", "--content-type", "text/plain"]
            #expect(await router.run(arguments, on: terminal) == .done)
            #expect(router.requests.first?.body == "hello")
        }
    }

    @Test func busyRouterIsAskedAgain() async throws {
        try await FakeRouter.with { _, count in
            count < 2
                ? .problem(503, #"{"detail":"the log is behind"}"#, retryAfter: "0") : .json(Self.accepted, status: 202)
        } _: { router in
            #expect(await router.run(["publish", "--type", "t"], on: CapturedTerminal()) == .done)
            #expect(router.requests.count == 3)
            #expect(Set(router.requests.map { self.header($0, "ce-id") }).count == 1)
        }
        try await FakeRouter.with { _, _ in
            .problem(503, #"{"detail":"the log is behind"}"#, retryAfter: "0")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["publish", "--type", "t", "--retries", "1"], on: terminal) == .failed)
            #expect(terminal.errors == "portarium: the log is behind\n")
            #expect(router.requests.count == 2)
        }
    }

    private func line(_ id: Int) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"/s","type":"t","data":{"n":\#(id)}}"#
    }

    @Test func linesGoOutInBatchesAndInOrder() async throws {
        let text = (1...250).map(self.line).joined(separator: "\n")
        try await FakeRouter.with { _, _ in
            .json("{}", status: 202)
        } _: { router in
            try await TemporaryFile.with(text, name: "e.ndjson") { file in
                let terminal = CapturedTerminal()
                #expect(await router.run(["publish", "--ndjson", file.path], on: terminal) == .done)
                #expect(terminal.output == "accepted 250 event(s)\n")
                #expect(terminal.errors == "")
            }
            #expect(router.requests.count == 3)
            #expect(
                router.requests.allSatisfy { self.header($0, "content-type") == "application/cloudevents-batch+json" })
            let ids = router.requests.flatMap { JSONValue(parsing: $0.body.utf8)?.elements ?? [] }.map {
                $0["id"]?.text
            }
            #expect(ids == (1...250).map(String.init))
        }
    }

    @Test func badLinesAreNamedAndTheOthersGoThrough() async throws {
        let text = [self.line(1), "not json", self.line(3), #"{"id":"4"}"#, self.line(5)].joined(separator: "\n")
        try await FakeRouter.with { request, count in
            guard count == 0 else { return .json("{}", status: 202) }
            return .problem(400, #"{"detail":"the type is reserved","index":1}"#)
        } _: { router in
            try await TemporaryFile.with(text, name: "e.ndjson") { file in
                let terminal = CapturedTerminal()
                #expect(await router.run(["publish", "--ndjson", file.path], on: terminal) == .partlyDone)
                #expect(terminal.output == "accepted 2 event(s)\n")
                let lines = terminal.errors.split(separator: "\n")
                #expect(lines.first == "portarium: 3 event(s) were not accepted")
                #expect(lines.dropFirst().map { $0.contains("\(file.path):") } == [true, true, true])
                #expect(
                    lines[1].contains(":2: ") && lines[2].hasSuffix(":3: the type is reserved")
                        && lines[3].contains(":4: "))
            }
            #expect(router.requests.map { JSONValue(parsing: $0.body.utf8)?.elements?.count } == [3, 2])
        }
    }

    @Test func refusedCallerStopsAndTheReportSaysWhereToGoOn() async throws {
        let text = (1...30).map(self.line).joined(separator: "\n")
        try await FakeRouter.with { _, count in
            count == 0 ? .json("{}", status: 202) : .problem(401, #"{"detail":"the key has ended"}"#)
        } _: { router in
            try await TemporaryFile.with(text, name: "e.ndjson") { file in
                let terminal = CapturedTerminal()
                let arguments = ["publish", "--ndjson", file.path, "--batch-size", "10", "--json"]
                #expect(await router.run(arguments, on: terminal) == .partlyDone)
                let report = try #require(JSONValue(parsing: terminal.output.utf8))
                #expect(report["accepted"] == 10)
                #expect(report["resumeFromLine"] == 11)
                #expect(terminal.errors.contains("publish again from line 11 on"))
            }
            #expect(router.requests.count == 2)
        }
    }

    @Test func standardInputIsReadAsItComes() async throws {
        try await FakeRouter.with { _, _ in
            .json("{}", status: 202)
        } _: { router in
            let pipe = Pipe()
            let terminal = CapturedTerminal()
            let writer = pipe.fileHandleForWriting
            try writer.write(contentsOf: Data((self.line(1) + "\n" + self.line(2)).utf8))
            try writer.close()
            let status = await terminal.run(
                ["publish", "--ndjson", "-", "--server", router.base],
                inputDescriptor: pipe.fileHandleForReading.fileDescriptor, isErrorInteractive: true)
            #expect(status == .done)
            #expect(terminal.output == "accepted 2 event(s)\n")
            #expect(terminal.errors.contains("2 events"))
        }
    }

    @Test func partOfABatchDoesNotWaitForTheRest() async throws {
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        // The writer closes only when the first event has arrived: a publisher that waits for a full batch never ends.
        try await FakeRouter.with { _, _ in
            try? writer.close()
            return .json("{}", status: 202)
        } _: { router in
            try writer.write(contentsOf: Data((self.line(1) + "\n").utf8))
            let terminal = CapturedTerminal()
            let status = await terminal.run(
                ["publish", "--ndjson", "-", "--server", router.base],
                inputDescriptor: pipe.fileHandleForReading.fileDescriptor)
            #expect(status == .done)
            #expect(router.requests.count == 1)
        }
    }

    @Test func tailPrintsLinesAndEndsAtItsLimit() async throws {
        let event =
            #"{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-01-01T00:00:00Z","data":{"a":1}}"#
        try await FakeRouter.with { _, _ in
            .stream(["id: c1\nevent: t\nda", "ta: \(event)\n\nid: c2\ndata: \(event)\n\n"])
        } _: { router in
            let terminal = CapturedTerminal()
            let arguments = ["tail", "--limit", "1", "--filter", "type = 't'", "--from", "earliest"]
            #expect(await router.run(arguments, on: terminal) == .done)
            #expect(terminal.output == "2026-01-01T00:00:00Z  t  /s  id=1  {\"a\":1}\n")
            #expect(router.requests.first?.query == "filter=type%20%3D%20%27t%27&from=earliest")
            let json = CapturedTerminal()
            #expect(await router.run(["tail", "--limit", "2", "--json"], on: json) == .done)
            #expect(json.output == "\(event)\n\(event)\n")
        }
    }

    @Test func tailConnectsAgainWhereItStopped() async throws {
        try await FakeRouter.with { _, count in
            switch count {
            case 0: .stream(["retry: 1\nid: c1\ndata: {\"id\":\"1\"}\n\n"])
            case 1: .problem(503, "{}")
            case 2: .stream(["id: c2\n\n"])
            default: .stream(["id: c3\ndata: {\"id\":\"2\"}\n\n"])
            }
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tail", "--limit", "2", "--json"], on: terminal) == .done)
            #expect(terminal.lines == [#"{"id":"1"}"#, #"{"id":"2"}"#])
            #expect(router.requests.map { self.header($0, "last-event-id") } == [nil, "c1", "c1", "c2"])
            #expect(terminal.errors.contains("the connection is lost"))
            #expect(terminal.errors.contains("connected again"))
        }
    }

    @Test func tailOfAWrongFilterEndsWithTwo() async throws {
        try await FakeRouter.with { _, _ in
            .problem(400, #"{"detail":"the filter is no CESQL"}"#)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tail", "--filter", "("], on: terminal) == .usage)
            #expect(terminal.errors == "portarium: the filter is no CESQL\n")
            #expect(router.requests.count == 1)
        }
    }

    @Test func tailWhoseReaderHasGoneEndsQuietly() async throws {
        try await FakeRouter.with { _, _ in
            .stream((1...3).map { "data: {\"id\":\"\($0)\"}\n\n" })
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["tail", "--server", router.base], outputLinesMax: 2) == .done)
            #expect(terminal.lines.count == 2)
            #expect(terminal.errors == "")
        }
    }
}
