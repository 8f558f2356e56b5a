import NIOCore
import RouterTestKit
import Testing

@testable import ObjectStore

/// The S3 store in front of a server that answers as it is told.
struct S3ObjectStoreTests {
    private static let secret = "the-secret-key"

    private static func with<R: Sendable>(
        attemptsMax: Int = 3, timeoutMilliseconds: Int64 = 20_000,
        _ body: (S3ObjectStore, LoopbackSink) async throws -> R
    ) async throws -> R {
        try await LoopbackSink.withSink { server in
            var configuration = S3ObjectStoreConfiguration(
                endpoint: server.origin, bucket: "bucket", accessKeyID: "id", secretAccessKey: Self.secret)
            configuration.attemptsMax = attemptsMax
            configuration.timeoutMilliseconds = timeoutMilliseconds
            let store = try S3ObjectStore(configuration: configuration)
            do {
                let result = try await body(store, server)
                await store.shutdown()
                return result
            } catch {
                await store.shutdown()
                throw error
            }
        }
    }

    private static func code(
        _ body: () async throws(ObjectStoreError) -> Void
    ) async -> ObjectStoreError.Code? {
        do throws(ObjectStoreError) {
            try await body()
            return nil
        } catch {
            #expect(!"\(error)".contains(Self.secret))
            return error.code
        }
    }

    @Test func aPutIsSignedConditionalAndWhole() async throws {
        try await Self.with { store, server in
            server.script(.status(200))
            try await store.put("p/tenant/a b", ByteBuffer(string: "hello"), contentType: "text/plain")
            let request = try #require(server.requests.first)
            #expect(request.method == "PUT")
            #expect(request.uri == "/bucket/p/tenant/a%20b")
            #expect(request.text == "hello")
            #expect(request["if-none-match"] == "*")
            #expect(request["content-type"] == "text/plain")
            #expect(request["content-length"] == "5")
            #expect(request["host"] == "127.0.0.1:\(server.port)")
            #expect(
                request["x-amz-content-sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            let authorization = try #require(request["authorization"])
            #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=id/"))
            #expect(
                authorization.contains(
                    "SignedHeaders=content-type;host;if-none-match;x-amz-content-sha256;x-amz-date,"))
            #expect(!request.headers.contains { $0.value.contains(Self.secret) })
        }
    }

    @Test(arguments: [500, 502, 503, 429, 408, 409])
    func whatMaySucceedLaterIsTriedAgain(status: Int) async throws {
        try await Self.with { store, server in
            server.script(.status(status), .status(status), .status(200))
            try await store.put("k", ByteBuffer(string: "x"), contentType: nil)
            #expect(server.requests.count == 3)
            #expect(server.requests.allSatisfy { $0.text == "x" })
        }
    }

    @Test func triesAreBounded() async throws {
        try await Self.with(attemptsMax: 2) { store, server in
            server.setResponder { _ in .status(503) }
            #expect(
                await Self.code { () async throws(ObjectStoreError) in
                    try await store.put("k", ByteBuffer(string: "x"), contentType: nil)
                } == .unavailable)
            #expect(server.requests.count == 2)
        }
    }

    @Test func brokenConnectionsAreTriedAgain() async throws {
        try await Self.with { store, server in
            server.script(.reset, .resetMidResponse(200), .text(200, "whole"))
            let text = try await store.get("k", bytesMax: 2_000)
            #expect(String(buffer: text) == "whole")
        }
    }

    @Test func aPutWhoseAnswerWasLostIsNotRefusedByItsOwnObject() async throws {
        try await Self.with { store, server in
            server.script(.reset, .status(412))
            try await store.put("k", ByteBuffer(string: "x"), contentType: nil)
            #expect(server.requests.count == 2)
        }
    }

    @Test func anotherObjectOfTheKeyIsAConflict() async throws {
        try await Self.with { store, server in
            server.script(.status(412))
            #expect(
                await Self.code { () async throws(ObjectStoreError) in
                    try await store.put("k", ByteBuffer(string: "x"), contentType: nil)
                } == .conflict)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        (404, ObjectStoreError.Code.notFound), (403, .denied), (401, .denied), (400, .refused), (301, .refused),
    ])
    func refusalsAreToldAtOnce(status: Int, code: ObjectStoreError.Code) async throws {
        try await Self.with { store, server in
            server.setResponder { _ in .text(status, "<Error><Code>SomeCode</Code><Message>m</Message></Error>") }
            do throws(ObjectStoreError) {
                _ = try await store.get("k", bytesMax: 10)
                Issue.record("it must fail")
            } catch {
                #expect(error.code == code)
                #expect(error.message.contains("(SomeCode)"))
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func aBodyThatIsNoWordIsNotRepeated() {
        #expect(S3Failure.code(in: "<Code>NoSuchKey</Code>") == "NoSuchKey")
        #expect(S3Failure.code(in: "<Code>a b</Code>") == nil)
        #expect(S3Failure.code(in: "<Code></Code>") == nil)
        #expect(S3Failure.code(in: "</Code><Code>") == nil)
    }

    @Test func noMoreIsTakenThanAskedFor() async throws {
        try await Self.with { store, server in
            server.script(.text(200, "12345"))
            let text = try await store.get("k", bytesMax: 5)
            #expect(String(buffer: text) == "12345")
            server.script(.text(200, "12345"))
            #expect(
                await Self.code { () async throws(ObjectStoreError) in
                    _ = try await store.get("k", bytesMax: 4)
                } == .tooLarge)
            server.script(
                .raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n", close: true))
            #expect(
                await Self.code { () async throws(ObjectStoreError) in
                    _ = try await store.get("k", bytesMax: 4)
                } == .tooLarge)
        }
    }

    @Test func aStoreThatSaysNothingIsGivenUp() async throws {
        try await Self.with(attemptsMax: 2, timeoutMilliseconds: 50) { store, server in
            server.setResponder { _ in .hang }
            #expect(
                await Self.code { () async throws(ObjectStoreError) in
                    _ = try await store.get("k", bytesMax: 4)
                } == .unavailable)
            #expect(server.requests.count <= 2)
        }
    }

    @Test func referencesHoldNoCredentials() async throws {
        try await Self.with { store, _ in
            #expect(store.reference(to: "p/a b/c") == "s3://bucket/p/a%20b/c")
        }
    }

    @Test func noStoreIsMadeOfNonsense() {
        for (endpoint, bucket) in [("nowhere", "bucket"), ("http://h", "B")] {
            #expect(throws: ObjectStoreError.self) {
                try S3ObjectStore(
                    configuration: S3ObjectStoreConfiguration(
                        endpoint: endpoint, bucket: bucket, accessKeyID: "", secretAccessKey: ""))
            }
        }
    }
}
