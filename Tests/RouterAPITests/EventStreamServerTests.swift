import EventDispatch
import HTTPServing
import Identity
import Logging
import NIOCore
import NIOPosix
import RouterAPI
import ServiceLifecycle
import Synchronization
import Testing

/// Streams over real connections to a real server.
@Suite(.timeLimit(.minutes(2)))
struct EventStreamServerTests {
    private struct Connection {
        private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

        static func open<R: Sendable>(
            _ port: Int, _ target: String, tenant: String = "default",
            _ body: @Sendable (inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) async throws -> R
        ) async throws -> R {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: localhost\r\nX-Tenant-Id: \(tenant)\r\n\r\n"))
                var iterator = inbound.makeAsyncIterator()
                return try await body(&iterator)
            }
        }
    }

    /// Reads until the text is there, or the connection ends.
    private static func read(
        _ iterator: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, until text: String,
        into received: inout String
    ) async throws {
        while !received.contains(text), let bytes = try await iterator.next() { received += String(buffer: bytes) }
    }

    private static func withServer(
        _ events: InMemoryEvents, _ configuration: RouterAPIConfiguration = RouterAPIConfiguration(),
        stands: @escaping @Sendable (Principal) -> Bool = { _ in true },
        _ body: @escaping @Sendable (_ port: Int, _ shutDown: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        var serving = ServingConfiguration()
        serving.port = 0
        // Longer than all tests that begin at the same time keep a stream's task waiting: else it is cut off.
        serving.stopTimeout = .seconds(60)
        let routes = RouterAPIRoutes(
            subscriptions: InMemorySubscriptions(), replays: InMemoryReplays(), deadLetters: InMemoryDeadLetters(),
            keys: InMemoryKeys(), events: events, webhookEndpoints: InMemoryWebhookEndpoints(),
            eventTypes: InMemoryEventTypes(), limits: InMemoryTenantLimits(), usage: InMemoryTenantLimits().usage,
            stands: stands,
            budget: InFlightBudget(bytesMax: 1 << 20, requestsMax: 100), configuration: configuration)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let application = HTTPApplication.make(
            configuration: serving, routes: [routes], logger: logger, onServerRunning: { port.yield($0) })
        let group = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            do {
                try await body(port) { await group.triggerGracefulShutdown() }
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func eventsArriveAsTheyAreAccepted() async throws {
        let events = InMemoryEvents()
        try await Self.withServer(events) { port, _ in
            try await Connection.open(port, "/v1/events/stream") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "retry: 2000", into: &received)
                #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
                for index in 0..<5 {
                    events.append(APIFixture.event("e\(index)"))
                    try await Self.read(&iterator, until: "id: c\(index + 1)\n", into: &received)
                    try await Self.read(&iterator, until: "\"e\(index)\"", into: &received)
                }
            }
        }
    }

    @Test func aStreamEndsWithItsCredential() async throws {
        let isValid = Mutex(true)
        var configuration = RouterAPIConfiguration()
        configuration.streamCredentialInterval = .milliseconds(5)
        try await Self.withServer(InMemoryEvents(), configuration, stands: { _ in isValid.withLock { $0 } }) {
            port, _ in
            try await Connection.open(port, "/v1/events/stream") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "retry: 2000", into: &received)
                isValid.withLock { $0 = false }
                try await Self.read(&iterator, until: "The credential is not valid any more.", into: &received)
                try await Self.read(&iterator, until: "0\r\n\r\n", into: &received)
                #expect(received.hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test func aClientThatLeavesEndsItsStreamAndGivesItsPlaceBack() async throws {
        let events = InMemoryEvents()
        var configuration = RouterAPIConfiguration()
        configuration.streamsPerTenantMax = 1
        try await Self.withServer(events, configuration) { port, _ in
            for _ in 0..<3 {
                try await Connection.open(port, "/v1/events/stream") { iterator in
                    var received = ""
                    try await Self.read(&iterator, until: "retry: 2000", into: &received)
                    #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
                    try await Connection.open(port, "/v1/events/stream") { iterator in
                        var refusal = ""
                        try await Self.read(&iterator, until: "}", into: &refusal)
                        #expect(refusal.hasPrefix("HTTP/1.1 429 "))
                        #expect(refusal.lowercased().contains("retry-after: 1"))
                        #expect(refusal.contains("urn:portarium:problem:limit-exceeded"))
                    }
                    try await Connection.open(port, "/v1/events/stream", tenant: "other") { iterator in
                        var received = ""
                        try await Self.read(&iterator, until: "retry: 2000", into: &received)
                        #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
                    }
                    await events.nextEnding()
                }
                await events.nextEnding()
                try await Self.waitForPlace(port)
                await events.nextEnding()
            }
        }
    }

    /// The place is free a moment after the source has heard of its end.
    private static func waitForPlace(_ port: Int) async throws {
        var isFree = false
        while !isFree {
            isFree = try await Connection.open(port, "/v1/events/stream") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "\r\n", into: &received)
                return received.hasPrefix("HTTP/1.1 200 ")
            }
        }
    }

    @Test func over503IsAnswered() async throws {
        let events = InMemoryEvents()
        var configuration = RouterAPIConfiguration()
        configuration.streamsMax = 1
        try await Self.withServer(events, configuration) { port, _ in
            try await Connection.open(port, "/v1/events/stream") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "retry: 2000", into: &received)
                try await Connection.open(port, "/v1/events/stream", tenant: "other") { iterator in
                    var refusal = ""
                    try await Self.read(&iterator, until: "}", into: &refusal)
                    #expect(refusal.hasPrefix("HTTP/1.1 503 "))
                    #expect(refusal.contains("urn:portarium:problem:unavailable"))
                }
            }
        }
    }

    @Test func aSourceThatEndsEndsTheAnswerAndTheConnection() async throws {
        let events = InMemoryEvents()
        events.append(APIFixture.event("e0"))
        try await Self.withServer(events) { port, _ in
            try await Connection.open(port, "/v1/events/stream?from=earliest") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "\"e0\"", into: &received)
                events.close()
                while let bytes = try await iterator.next() { received += String(buffer: bytes) }
                #expect(received.hasSuffix("\r\n0\r\n\r\n"))
            }
            await events.nextEnding()
        }
    }

    @Test func aShutdownEndsStreamsCleanly() async throws {
        let events = InMemoryEvents()
        try await Self.withServer(events) { port, shutDown in
            try await Connection.open(port, "/v1/events/stream?from=earliest") { iterator in
                var received = ""
                events.append(APIFixture.event("e0"))
                try await Self.read(&iterator, until: "\"e0\"", into: &received)
                await shutDown()
                while let bytes = try await iterator.next() { received += String(buffer: bytes) }
                #expect(received.hasSuffix("\r\n0\r\n\r\n"))
            }
        }
    }

    @Test func theServerHoldsOneBatchForAClientThatDoesNotRead() async throws {
        let events = InMemoryEvents(batchMax: 1)
        let large = "\"" + String(repeating: "x", count: 256 * 1024) + "\""
        for index in 0..<200 { events.append(APIFixture.event("e\(index)", data: large)) }
        try await Self.withServer(events) { port, _ in
            try await Connection.open(port, "/v1/events/stream?from=earliest") { iterator in
                var received = ""
                try await Self.read(&iterator, until: "\"e0\"", into: &received)
                var pulls = -1
                while pulls != events.state.withLock({ $0.pulls }) {
                    pulls = events.state.withLock { $0.pulls }
                    for _ in 0..<20_000 { await Task.yield() }
                }
                #expect(pulls < 200)
            }
        }
    }
}
