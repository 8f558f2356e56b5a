import Foundation
import Testing

@testable import Portarium

/// `portarium event-types` against a router with scripted answers.
struct EventTypeRegistryCommandTests {
    private static let type = """
        {"type":"order.Created","version":2,"mode":"enforce","compatibility":"full","schema":{"minimum":1},
         "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"}
        """

    @Test func theSchemaIsSentAsItIsWritten() async throws {
        try await TemporaryFile.with("{ \"maximum\": 12345678901234567890.10 }", name: "order.json") { file in
            try await FakeRouter.with { _, _ in
                .json(Self.type, status: 201)
            } _: { router in
                let terminal = CapturedTerminal()
                let arguments = [
                    "event-types", "register", "--type", "order.\"x", "--schema", file.path, "--mode", "enforce",
                    "--compatibility", "full",
                ]
                #expect(await router.run(arguments, on: terminal) == .done)
                let request = try #require(router.requests.first)
                #expect(request.path == "/v1/event-types")
                #expect(
                    request.body == #"{"type":"order.\"x","compatibility":"full","mode":"enforce","#
                        + #""schema":{ "maximum": 12345678901234567890.10 }}"#)
                #expect(terminal.output.contains("enforce"))
            }
        }
    }

    @Test func typesAreListedShownChangedAndDeleted() async throws {
        try await FakeRouter.with { request, _ in
            if request.method == "DELETE" { return .json("", status: 204) }
            return .json(!request.query.isEmpty ? #"{"items":[\#(Self.type)]}"# : Self.type)
        } _: { router in
            for (arguments, method, path) in [
                (["list"], "GET", "/v1/event-types"),
                (["get", "a/b"], "GET", "/v1/event-types/a%2Fb"),
                (["get", "a", "--version", "latest"], "GET", "/v1/event-types/a/versions/latest"),
                (["versions", "a"], "GET", "/v1/event-types/a/versions"),
                (["update", "a", "--mode", "off"], "PUT", "/v1/event-types/a"),
                (["delete", "a"], "DELETE", "/v1/event-types/a"),
            ] {
                let terminal = CapturedTerminal()
                #expect(await router.run(["event-types"] + arguments, on: terminal) == .done, "\(arguments)")
                #expect(router.requests.last?.method == method)
                #expect(router.requests.last?.path == path)
                #expect(!terminal.output.isEmpty)
            }
            let terminal = CapturedTerminal()
            #expect(await router.run(["event-types", "update", "a"], on: terminal) == .usage)
            #expect(await router.run(["event-types", "update", "a", "--mode", "maybe"], on: terminal) == .usage)
        }
    }

    @Test func aDirectoryIsImportedAsFarAsItIsTaken() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for name in ["b.json", "a.json", "c.json", "notes.txt"] {
            try Data("true".utf8).write(to: directory.appendingPathComponent(name))
        }
        try await FakeRouter.with { request, _ in
            if request.body.contains(#""type":"b""#) {
                return .json(
                    #"{"type":"urn:portarium:problem:conflict","title":"t","status":409,"detail":"no"}"#, status: 409)
            }
            return .json(Self.type, status: request.body.contains(#""type":"a""#) ? 201 : 200)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["event-types", "import", directory.path], on: terminal) == .partlyDone)
            #expect(terminal.output == "registered a, version 2\nunchanged c, version 2\n")
            #expect(terminal.errors.contains("1 of 3 schemas"))
            #expect(terminal.errors.contains("b.json: "))
            let file = directory.appendingPathComponent("notes.txt").path
            #expect(await router.run(["event-types", "import", file], on: terminal) == .usage)
            #expect(await router.run(["event-types", "import", file + "x"], on: terminal) == .usage)
        }
    }

    @Test func schemasAreComparedWithoutARouter() async throws {
        try await TemporaryFile.with(#"{"type":"integer"}"#, name: "old.json") { old in
            try await TemporaryFile.with(#"{"type":"number"}"#, name: "new.json") { new in
                let arguments = ["event-types", "check", "--schema", new.path, "--against", old.path]
                let terminal = CapturedTerminal()
                #expect(await terminal.run(arguments) == .done)
                #expect(terminal.output == "compatible\n")
                let full = CapturedTerminal()
                #expect(await full.run(arguments + ["--compatibility", "full", "--json"]) == .failed)
                #expect(full.output.contains(#""compatible":false"#))
                #expect(full.output.contains(#""direction":"forward""#))
                let alone = CapturedTerminal()
                #expect(
                    await alone.run(["event-types", "check", "--schema", new.path, "--compatibility", "full"])
                        == .usage)
            }
        }
    }
}
