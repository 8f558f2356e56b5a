import CloudEvents
import EventDispatch
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

/// The pace of a stream: how far it reads ahead, when it says that it lives, and how it ends.
@Suite(.timeLimit(.minutes(2)))
struct EventStreamFeedTests {
    /// A client: says what it got, and takes no more than it is allowed to.
    private final class Client: ResponseBodyWriter, Sendable {
        let chunks: AsyncStream<String>
        private let chunk: AsyncStream<String>.Continuation
        private let permits: AsyncStream<Void>?

        init(permits: AsyncStream<Void>? = nil) {
            (self.chunks, self.chunk) = AsyncStream.makeStream()
            self.permits = permits
        }

        func write(_ buffer: ByteBuffer) async throws {
            self.chunk.yield(String(buffer: buffer))
            guard let permits else { return }
            var iterator = permits.makeAsyncIterator()
            guard await iterator.next() != nil else { throw CancellationError() }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private static func configuration(
        _ change: (inout RouterAPIConfiguration) -> Void = { _ in }
    ) -> RouterAPIConfiguration {
        var configuration = RouterAPIConfiguration()
        configuration.streamHeartbeatInterval = .seconds(600)
        change(&configuration)
        return configuration
    }

    private static func run(
        _ feed: EventStreamFeed, _ events: InMemoryEvents, _ client: Client,
        resume: String? = nil
    ) async throws {
        let source = try await events.stream(tenant: "default", filter: nil, from: .earliest, resume: resume)
        var writer: any ResponseBodyWriter = client
        try await feed.run(source, to: &writer)
    }

    @Test func nothingIsPulledBeforeTheClientTookWhatWasWritten() async throws {
        let events = InMemoryEvents(batchMax: 1)
        for index in 0..<5 { events.append(APIFixture.event("e\(index)")) }
        let (permits, permit) = AsyncStream<Void>.makeStream()
        let client = Client(permits: permits)
        let feed = EventStreamFeed(configuration: Self.configuration())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.run(feed, events, client) }
            var chunks = client.chunks.makeAsyncIterator()
            #expect(await chunks.next()?.hasPrefix("retry:") == true)
            #expect(events.state.withLock { $0.pulls } == 0)
            for index in 0..<5 {
                permit.yield()
                #expect(await chunks.next()?.contains("\"e\(index)\"") == true)
                #expect(events.state.withLock { $0.pulls } == index + 1)
            }
            feed.end()
            permit.yield()
            try await group.waitForAll()
        }
    }

    @Test func aSilenceIsFilledWithComments() async throws {
        let events = InMemoryEvents()
        let client = Client()
        let feed = EventStreamFeed(configuration: Self.configuration { $0.streamHeartbeatInterval = .milliseconds(5) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.run(feed, events, client) }
            var chunks = client.chunks.makeAsyncIterator()
            #expect(await chunks.next() == "retry: 2000\n\n")
            for _ in 0..<3 { #expect(await chunks.next() == ": \n\n") }
            events.append(APIFixture.event("e1"))
            while let chunk = await chunks.next() {
                if chunk.contains("\"e1\"") { break }
                #expect(chunk == ": \n\n")
            }
            #expect(await chunks.next() == ": \n\nid: c1\n\n")
            feed.end()
            try await group.waitForAll()
        }
    }

    @Test func aCursorWithoutAnEventIsAnIdAlone() async throws {
        let client = Client()
        let feed = EventStreamFeed(configuration: Self.configuration())
        let items = [StreamedEvent(event: nil, cursor: "start"), StreamedEvent(event: nil, cursor: "later")]
        let batches = Mutex(items.map { [$0] })
        let source = AsyncThrowingStream<[StreamedEvent], any Error>(unfolding: {
            batches.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        })
        var writer: any ResponseBodyWriter = client
        try await feed.run(source, to: &writer)
        var chunks = client.chunks.makeAsyncIterator()
        #expect(await chunks.next() == "retry: 2000\n\n")
        #expect(await chunks.next() == "id: start\n\n")
        #expect(await chunks.next() == "id: later\n\n")
    }

    @Test func aBatchIsWrittenInBoundedPieces() async throws {
        let events = InMemoryEvents(batchMax: 10)
        for index in 0..<10 {
            events.append(APIFixture.event("e\(index)", data: "\"" + String(repeating: "x", count: 100) + "\""))
        }
        events.close()
        let client = Client()
        try await Self.run(
            EventStreamFeed(configuration: Self.configuration { $0.streamWriteBytesMax = 600 }), events, client)
        var pieces: [String] = []
        var chunks = client.chunks.makeAsyncIterator()
        while pieces.joined().contains("\"e9\"") == false, let chunk = await chunks.next() { pieces.append(chunk) }
        #expect(pieces.count > 3)
        #expect(pieces.allSatisfy { $0.utf8.count < 1_200 })
        #expect(try Frame.parse(pieces.joined()).count == 10)
    }

    @Test func endingFinishesWhatIsBeingWritten() async throws {
        let events = InMemoryEvents(batchMax: 1)
        for index in 0..<3 { events.append(APIFixture.event("e\(index)")) }
        let (permits, permit) = AsyncStream<Void>.makeStream()
        let client = Client(permits: permits)
        let feed = EventStreamFeed(configuration: Self.configuration())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.run(feed, events, client) }
            var chunks = client.chunks.makeAsyncIterator()
            _ = await chunks.next()
            permit.yield()
            #expect(await chunks.next()?.contains("\"e0\"") == true)
            feed.end()
            feed.end()
            permit.yield()
            try await group.waitForAll()
        }
        #expect(events.state.withLock { $0.pulls } == 1)
    }

    @Test func aClientThatDoesNotReadCannotHoldUpTheEnd() async throws {
        let events = InMemoryEvents()
        let (permits, permit) = AsyncStream<Void>.makeStream()
        let client = Client(permits: permits)
        let feed = EventStreamFeed(configuration: Self.configuration { $0.streamEndMax = .milliseconds(10) })
        await #expect(throws: (any Error).self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.run(feed, events, client) }
                var chunks = client.chunks.makeAsyncIterator()
                _ = await chunks.next()
                feed.end()
                try await group.waitForAll()
            }
        }
        permit.finish()
    }

    @Test func cancellingEndsTheSource() async {
        let events = InMemoryEvents()
        let client = Client()
        let feed = EventStreamFeed(configuration: Self.configuration())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Self.run(feed, events, client) }
            var chunks = client.chunks.makeAsyncIterator()
            _ = await chunks.next()
            group.cancelAll()
            await events.nextEnding()
        }
    }

    @Test func placesAreCountedByTenantAndInAll() throws {
        let slots = EventStreamSlots(totalMax: 3, perTenantMax: 2)
        let first = try slots.acquire(tenant: "a")
        let second = try slots.acquire(tenant: "a")
        #expect(throws: ServiceError.self) { _ = try slots.acquire(tenant: "a") }
        do {
            let third = try slots.acquire(tenant: "b")
            do {
                _ = try slots.acquire(tenant: "c")
                Issue.record("a fourth place was given")
            } catch {
                #expect(error.code == .unavailable)
            }
            third.release()
            third.release()
            #expect(slots.count == 2)
        }
        #expect(slots.count == 2)
        first.release()
        #expect(try slots.acquire(tenant: "a") !== second)
        #expect(slots.count == 1)
        second.release()
        #expect(slots.count == 0)
    }
}
