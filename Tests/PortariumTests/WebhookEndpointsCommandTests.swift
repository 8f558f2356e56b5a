import Foundation
import Testing

@testable import Portarium

/// `portarium webhook-endpoints` against a router with scripted answers.
struct WebhookEndpointsCommandTests {
    private static let endpoint = """
        {"id":"hub","url":"https://hooks.example/v1/webhooks/hub","provider":"github","secretCount":2,
         "allowedAddresses":["192.0.2.0/24"],"mapping":{"subject":["{/a}","{/b}"]},"dedupeWindowSeconds":60,
         "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"}
        """

    @Test func secretsComeFromFilesAndTheEnvironment() async throws {
        try await TemporaryFile.with("from a file\n") { file in
            try await FakeRouter.with { _, _ in
                .json(Self.endpoint, status: 201)
            } _: { router in
                let terminal = CapturedTerminal()
                #expect(
                    await terminal.run(
                        [
                            "webhook-endpoints", "create", "--id", "hub", "--provider", "github", "--secret-file",
                            file.path, "--secret-env", "HUB_SECRET", "--allow", "192.0.2.0/24", "--map",
                            "subject={/a}", "--map", "subject={/b}", "--map", "type=x=y", "--dedupe-window", "60",
                            "--public-url", "https://x.example", "--tolerance", "5", "--server", router.base,
                        ], environment: ["HUB_SECRET": "from the environment"]) == .done)
                let request = try #require(router.requests.first)
                #expect(request.method == "POST")
                #expect(request.path == "/v1/webhook-endpoints")
                let body = try #require(JSONValue(parsing: request.body.utf8)?.members)
                #expect(body["secrets"]?.elements?.map(\.plain) == ["from a file", "from the environment"])
                #expect(body["mapping"]?["subject"]?.elements?.map(\.plain) == ["{/a}", "{/b}"])
                #expect(body["mapping"]?["type"]?.elements?.map(\.plain) == ["x=y"])
                #expect(body["allowedAddresses"]?.elements?.map(\.plain) == ["192.0.2.0/24"])
                #expect(body["dedupeWindowSeconds"]?.integer == 60)
                #expect(body["publicUrl"]?.plain == "https://x.example")
                #expect(body["toleranceSeconds"]?.integer == 5)
                #expect(terminal.output.contains("https://hooks.example/v1/webhooks/hub"))
                #expect(!terminal.output.contains("from a file"))
            }
        }
    }

    @Test func howSendersSignIsSaidPieceByPiece() async throws {
        let endpoint = Self.endpoint.replacing(
            #""mapping""#, with: #""verification":{"header":"X-A","encoding":"hex","algorithm":"sha256"},"mapping""#)
        try await FakeRouter.with { _, _ in
            .json(endpoint)
        } _: { router in
            let options = ["--signature-encoding", "base64", "--signature-algorithm", "sha1"]
            #expect(
                await router.run(["webhook-endpoints", "update", "hub"] + options, on: CapturedTerminal()) == .done)
            let body = try #require(router.requests.last.flatMap { JSONValue(parsing: $0.body.utf8)?.members })
            #expect(body["verification"]?["header"]?.plain == "X-A")
            #expect(body["verification"]?["encoding"]?.plain == "base64")
            #expect(body["verification"]?["algorithm"]?.plain == "sha1")
        }
    }

    @Test func aSecretThatIsNotThereIsAskedForBeforeTheRouter() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.endpoint)
        } _: { router in
            for arguments in [["--secret-env", "NOBODY_SET_THIS"], ["--secret-file", "/nowhere/at/all"]] {
                let terminal = CapturedTerminal()
                #expect(
                    await router.run(["webhook-endpoints", "update", "hub"] + arguments, on: terminal) == .usage)
                #expect(terminal.errors.contains(arguments[1]))
            }
            #expect(router.requests.isEmpty)
        }
    }

    @Test func updatingLeavesWhatIsNotNamed() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.endpoint)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(
                await router.run(["webhook-endpoints", "update", "hub", "--map", "type=x"], on: terminal) == .done)
            #expect(router.requests.map(\.method) == ["GET", "PUT"])
            let body = try #require(router.requests.last.flatMap { JSONValue(parsing: $0.body.utf8)?.members })
            #expect(body["provider"]?.plain == "github")
            #expect(body["secrets"] == nil)
            #expect(body["mapping"]?.members?.keys.sorted() == ["subject", "type"])
            #expect(body["url"] == nil)
        }
    }

    @Test func listIsATable() async throws {
        try await FakeRouter.with { _, _ in
            .json("{\"items\":[\(Self.endpoint)]}")
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["webhook-endpoints", "list"], on: terminal) == .done)
            #expect(
                terminal.output == """
                    ID   PROVIDER  SECRETS  URL
                    hub  github          2  https://hooks.example/v1/webhooks/hub

                    """)
        }
    }

    @Test func getAndDeleteNameTheEndpoint() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.endpoint)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["webhook-endpoints", "get", "hub"], on: terminal) == .done)
            #expect(terminal.output.contains("192.0.2.0/24"))
            #expect(await router.run(["webhook-endpoints", "delete", "hub"], on: terminal) == .done)
            #expect(terminal.output.hasSuffix("deleted hub\n"))
            #expect(router.requests.map(\.path) == ["/v1/webhook-endpoints/hub", "/v1/webhook-endpoints/hub"])
        }
    }

    @Test func creatingNeedsToKnowWhoSends() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.endpoint)
        } _: { router in
            #expect(await router.run(["webhook-endpoints", "create"], on: CapturedTerminal()) == .usage)
            #expect(await router.run(["webhook-endpoints", "update", "hub"], on: CapturedTerminal()) == .usage)
            #expect(router.requests.isEmpty)
        }
    }
}
