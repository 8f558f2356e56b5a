import CloudEvents
import Delivery
import EventLog
import Foundation
import NIOCore
import NIOPosix
import RouterTestKit
import Subscriptions
import Synchronization
import Testing
import WebhookSignatures

@testable import HTTPEventSink

/// What requests prove: signatures, the authorization, where they come from.
struct HTTPEventSinkTrustTests {
    private static let secrets = [1, 2].map { first in
        WebhookSigner.secret(.hmacSHA256, randomBytes: [UInt8](repeating: UInt8(first), count: 32))
    }
    private static let privateKey = WebhookSigner.secret(.ed25519, randomBytes: [UInt8](repeating: 3, count: 32))

    private static func destination(
        _ world: SinkWorld, mode: SubscriptionConfiguration.ContentMode = .binary, headers: [String: String] = [:],
        _ change: (inout OutboundTrust) throws -> Void
    ) throws -> Destination {
        var trust = OutboundTrust()
        try change(&trust)
        return Destination(
            sink: world.server.url("/hook"), origin: world.server.origin, mode: mode,
            protocolSettings: HTTPProtocolSettings(headers: headers), timeoutMilliseconds: 60_000, trust: trust)
    }

    private static func key(
        _ secret: String, _ scheme: WebhookSigner.Scheme, until: Timestamp? = nil
    ) throws
        -> OutboundTrust.SigningKey
    {
        OutboundTrust.SigningKey(signer: try WebhookSigner(secret, scheme: scheme), expiresAt: until)
    }

    private static func isBelieved(_ request: LoopbackSink.Request, _ secret: String) throws -> Bool {
        let provider = try #require(WebhookProvider.named("standard-webhooks"))
        let verifier = try WebhookVerifier(provider, secrets: [secret])
        let received = WebhookRequest(headers: request.headers, body: request.body)
        do throws(WebhookRejection) {
            try verifier.verify(received, nowMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            return true
        } catch { return false }
    }

    @Test(arguments: [SubscriptionConfiguration.ContentMode.binary, .structured, .batched])
    func eachSecretSignsWhatIsSentInEveryMode(_ mode: SubscriptionConfiguration.ContentMode) async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world, mode: mode) { trust in
                trust.signing = [
                    try Self.key(Self.secrets[0], .hmacSHA256),
                    try Self.key(Self.secrets[1], .hmacSHA256, until: Timestamp(milliseconds: .max)),
                    try Self.key(Self.privateKey, .ed25519),
                ]
            }
            let event = SinkWorld.event(data: #"{"total":1.50}"#)
            #expect(await world.sink.send(SinkWorld.attempt(destination, [event])).meaning == .delivered)
            let request = try await world.server.next()
            let publicKey = try #require(try WebhookSigner(Self.privateKey, scheme: .ed25519).publicKey)
            #expect(try Self.isBelieved(request, Self.secrets[0]))
            #expect(try Self.isBelieved(request, Self.secrets[1]))
            #expect(try Self.isBelieved(request, publicKey))
            #expect(request["webhook-signature"]?.split(separator: " ").count == 3)
        }
    }

    @Test func aSecretThatHasExpiredSignsNoMore() async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world) { trust in
                trust.signing = [
                    try Self.key(Self.secrets[0], .hmacSHA256),
                    try Self.key(Self.secrets[1], .hmacSHA256, until: Timestamp(milliseconds: 1)),
                ]
            }
            _ = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            let request = try await world.server.next()
            #expect(try Self.isBelieved(request, Self.secrets[0]))
            #expect(try !Self.isBelieved(request, Self.secrets[1]))
        }
    }

    @Test func theIdentifierIsThatOfTheEventsAndTheSameForEveryAttempt() async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world) { trust in
                trust.signing = [try Self.key(Self.secrets[0], .hmacSHA256)]
            }
            world.server.script(.status(503), .status(204), .status(204))
            for event in [SinkWorld.event(id: "a.1"), SinkWorld.event(id: "a.1"), SinkWorld.event(id: "a.2")] {
                _ = await world.sink.send(SinkWorld.attempt(destination, [event]))
            }
            let ids = try await world.server.received(count: 3).map { $0["webhook-id"] ?? "" }
            #expect(ids[0] == ids[1])
            #expect(ids[0] != ids[2])
            #expect(ids.allSatisfy { $0.hasPrefix("msg_") && !$0.contains(".") })
        }
    }

    @Test func nothingIsSentWhereASecretCannotBeOpened() async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world) { $0.fault = "a secret cannot be opened" }
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.error == "a secret cannot be opened")
            #expect(!report.reachedDestination)
            #expect(world.server.requests.isEmpty)
        }
    }

    @Test func withoutTrustNothingIsSaid() async throws {
        try await SinkWorld.run { world in
            _ = await world.send()
            let request = try await world.server.next()
            #expect(!request.headers.contains { $0.name.lowercased().hasPrefix("webhook-") })
            #expect(request["authorization"] == nil)
        }
    }

    @Test func aStoredAuthorizationIsSent() async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world) { $0.authorization = .value("Bearer abc") }
            _ = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            let request = try await world.server.next()
            #expect(request.values(of: "authorization") == ["Bearer abc"])
        }
    }

    // MARK: Files

    private static func withFiles(
        _ body: (SinkWorld, URL, Destination) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "trust-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appending(path: "acme"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = HTTPEventSinkConfiguration()
        configuration.authorizationDirectory = directory.path
        configuration.authorizationReadIntervalMilliseconds = 100
        try await SinkWorld.run(configuration: configuration) { world in
            let destination = try Self.destination(world) { $0.authorization = .file(tenant: "acme", name: "crm") }
            try await body(world, directory.appending(path: "acme/crm"), destination)
        }
    }

    @Test func aFileThatChangesIsReadAgain() async throws {
        try await Self.withFiles { world, file, destination in
            try Data("Bearer one\n".utf8).write(to: file)
            _ = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(try await world.server.next()["authorization"] == "Bearer one")
            try Data("Bearer two\n".utf8).write(to: file)
            try await Task.sleep(for: .milliseconds(150))
            _ = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(try await world.server.next()["authorization"] == "Bearer two")
        }
    }

    @Test(arguments: ["", "Bearer a\nBearer b\n", "Bearer \u{7}", String(repeating: "a", count: 8_193)])
    func aFileThatIsNoHeaderHoldsTheEventBack(_ contents: String) async throws {
        try await Self.withFiles { world, file, destination in
            try Data(contents.utf8).write(to: file)
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.error?.hasPrefix("the authorization's file ") == true)
            #expect(!report.reachedDestination)
            #expect(world.server.requests.isEmpty)
        }
    }

    @Test func aFileThatIsMissingHoldsTheEventBack() async throws {
        try await Self.withFiles { world, _, destination in
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.error == "the authorization's file is not there")
            #expect(report.meaning == .retry(afterMilliseconds: nil))
        }
    }

    @Test(arguments: [("acme", "../acme/crm"), ("acme", ".crm"), ("..", "crm"), ("acme/..", "crm"), ("", "crm")])
    func noNameLeavesTheTenantsDirectory(_ tenant: String, _ name: String) async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.authorizationDirectory = "/"
        let files = AuthorizationFiles(configuration: configuration)
        await #expect(throws: AuthorizationFiles.Fault.self) {
            try await files.value(tenant: tenant, name: name, until: .now() + .seconds(60), on: Self.eventLoop)
        }
    }

    @Test func aDirectoryThatDoesNotAnswerHoldsNoAttemptBeyondItsTime() async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.authorizationDirectory = "/"
        configuration.authorizationReadIntervalMilliseconds = 100
        let reads = Mutex<[EventLoopPromise<Result<String, AuthorizationFiles.Fault>>]>([])
        let files = AuthorizationFiles(configuration: configuration) { _, eventLoop in
            let promise = eventLoop.makePromise(of: Result<String, AuthorizationFiles.Fault>.self)
            reads.withLock { $0.append(promise) }
            return promise.futureResult
        }
        @Sendable func value(within time: TimeAmount) async throws -> String {
            try await files.value(tenant: "acme", name: "crm", until: .now() + time, on: Self.eventLoop)
        }
        // Nothing is known yet.
        await #expect(throws: AuthorizationFiles.Fault.self) { try await value(within: .milliseconds(20)) }
        await #expect(throws: AuthorizationFiles.Fault.self) { try await value(within: .milliseconds(20)) }
        // One question for all of them.
        #expect(reads.withLock { $0.count } == 1)
        reads.withLock { $0.removeFirst() }.succeed(.success("Bearer a"))
        #expect(try await value(within: .seconds(60)) == "Bearer a")
        // What is known holds while the next answer is late.
        try await Task.sleep(for: .milliseconds(150))
        #expect(try await value(within: .milliseconds(20)) == "Bearer a")
        #expect(reads.withLock { $0.count } == 1)
        reads.withLock { $0.removeFirst() }.succeed(.success("Bearer b"))
        #expect(try await value(within: .seconds(60)) == "Bearer b")
    }

    private static var eventLoop: any EventLoop { MultiThreadedEventLoopGroup.singleton.any() }

    // MARK: Handshake

    @Test func theHandshakeAsksWithTheOriginAndTheRate() async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.requestOrigin = "router.example"
        try await SinkWorld.run(configuration: configuration) { world in
            let destination = try Self.destination(world, headers: ["X-Key": "abc"]) { trust in
                trust.namesOrigin = true
                trust.authorization = .value("Bearer abc")
            }
            world.server.setResponder { request in
                guard request.method == "OPTIONS" else { return .status(204) }
                return .status(
                    200,
                    headers: [("WebHook-Allowed-Origin", "router.example"), ("WebHook-Allowed-Rate", "60")])
            }
            #expect(await world.sink.ask(destination, requestsPerMinute: 90) == .allowed(requestsPerMinute: 60))
            let request = try await world.server.next()
            #expect(request.method == "OPTIONS")
            #expect(request["webhook-request-origin"] == "router.example")
            #expect(request["webhook-request-rate"] == "90")
            #expect(request["x-key"] == "abc")
            #expect(request["authorization"] == "Bearer abc")

            _ = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            let delivery = try await world.server.next()
            #expect(delivery["webhook-request-origin"] == "router.example")
            #expect(delivery["webhook-request-rate"] == nil)
        }
    }

    @Test func aSinkThatIsNotReachedHasNotAgreed() async throws {
        try await SinkWorld.run { world in
            let destination = try Self.destination(world) { $0.namesOrigin = true }
            world.server.script(.status(301))
            #expect(
                await world.sink.ask(destination, requestsPerMinute: nil)
                    == .refused("the sink answered the validation request with 301"))
            await world.server.stop()
            let answer = await world.sink.ask(destination, requestsPerMinute: nil)
            #expect(answer == .refused("the sink was not reached to be asked: connection refused"))
        }
    }

    @Test func aCertificateThatCannotBeReadIsNamed() throws {
        let error = #expect(throws: SinkCertificateError.self) {
            _ = try SinkCertificates(certificateFile: "/nowhere/client.pem", keyFile: nil, authorityFile: nil)
        }
        #expect(error?.description.contains("/nowhere/client.pem") == true)
    }
}
