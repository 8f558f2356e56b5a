import CloudEvents
import Delivery
import EventDispatch
import EventLog
import Logging
import NIOCore
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

/// A sink that says yes, or what it was told to, and lets a test wait for what it got.
private final class RecordingSink: EventSink {
    private let received: AsyncStream<String>.Continuation
    let deliveries: AsyncStream<String>
    private let meaning: Mutex<AttemptReport.Meaning>

    init(_ meaning: AttemptReport.Meaning = .delivered) {
        (self.deliveries, self.received) = AsyncStream.makeStream(of: String.self)
        self.meaning = Mutex(meaning)
    }

    func answer(_ meaning: AttemptReport.Meaning) { self.meaning.withLock { $0 = meaning } }

    func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let meaning = self.meaning.withLock { $0 }
        for element in attempt.elements { self.received.yield("\(attempt.subscription.name):\(element.event.id)") }
        return AttemptReport(
            meaning: meaning, status: meaning == .delivered ? 200 : 400, error: nil, durationMilliseconds: 0)
    }
}

@Suite struct DispatcherTests {
    private static let topic = Topic("portarium.events")

    private struct World {
        let log: InMemoryEventLog
        let sink: RecordingSink
        let dispatcher: Dispatcher
        let subscriptions: LogSubscriptionService

        func publish(_ id: String) async throws {
            var event = CloudEvent(id: id, source: "/test", type: "a")
            event.attributes.append(name: "tenantid", value: "t")
            // Order is kept by key: without one every event would be its own.
            event.attributes.append(name: "partitionkey", value: "k")
            let record = LogRecord(
                event: event, key: ByteBuffer(string: "k"), timestamp: Timestamp(milliseconds: 1))
            _ = try await self.log.append([ProducerRecord(topic: DispatcherTests.topic, record: record)])
        }
    }

    private func withWorld(_ body: (World) async throws -> Void) async throws {
        let log = InMemoryEventLog()
        let configuration = DispatchConfiguration(eventTopics: [Self.topic])
        try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 2))
        for topic in configuration.internalTopics(attemptRetentionAge: nil) { try await log.createTopic(topic) }
        let sink = RecordingSink()
        let dispatcher = Dispatcher(
            configuration: configuration, log: log, sink: sink,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let subscriptions = LogSubscriptionService(dispatcher: dispatcher)
        try await dispatcher.load()
        try await subscriptions.load()
        let world = World(log: log, sink: sink, dispatcher: dispatcher, subscriptions: subscriptions)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await dispatcher.run() }
            try await body(world)
            group.cancelAll()
        }
    }

    private func subscription(_ name: String) -> Subscription {
        Subscription(id: SubscriptionID(tenant: "t", name: name), types: ["a"], sink: "http://127.0.0.1:1/")
    }

    @Test func whatIsPublishedAfterTheSubscriptionIsDeliveredInOrder() async throws {
        try await self.withWorld { world in
            try await world.publish("before")
            _ = try await world.subscriptions.create(self.subscription("s"))
            for id in 1...50 { try await world.publish("\(id)") }
            var deliveries = world.sink.deliveries.makeAsyncIterator()
            for id in 1...50 {
                let delivered = await deliveries.next()
                #expect(delivered == "s:\(id)")
            }
        }
    }

    @Test func aRejectedEventBecomesADeadLetterAndRedriveDeliversIt() async throws {
        try await self.withWorld { world in
            world.sink.answer(.rejected)
            _ = try await world.subscriptions.create(self.subscription("s"))
            try await world.publish("1")
            var deliveries = world.sink.deliveries.makeAsyncIterator()
            _ = await deliveries.next()
            let service = LogDeadLetterService(dispatcher: world.dispatcher, subscriptions: world.subscriptions)
            var letters: [DeadLetter] = []
            while letters.isEmpty {
                letters = try await service.list(tenant: "t", subscription: "s", reason: nil, page: PageRequest()).items
                await Task.yield()
            }
            #expect(letters.map(\.event.id) == ["1"])
            #expect(letters.first?.reason == "rejected")
            world.sink.answer(.delivered)
            #expect(try await service.redrive(.ids([letters[0].id]), tenant: "t") == 1)
            let again = await deliveries.next()
            #expect(again == "s:1")
            #expect(
                try await service.list(tenant: "t", subscription: nil, reason: nil, page: PageRequest()).items.isEmpty)
        }
    }

    @Test func aStreamSaysWhereItBeginsAndThatPlaceLosesNothing() async throws {
        try await self.withWorld { world in
            let service = LogEventQueryService(
                dispatcher: world.dispatcher, subscriptions: world.subscriptions, index: nil)
            let empty = try await service.stream(tenant: "t", filter: nil, from: .latest, resume: nil)
            var begin = empty.makeAsyncIterator()
            let first = try #require(try await begin.next())
            #expect(first.map { $0.event == nil } == [true])
            let place = try #require(first.first?.cursor)
            #expect(!place.isEmpty)
            try await world.publish("1")
            let resumed = try await service.stream(tenant: "t", filter: nil, from: .latest, resume: place)
            var ids: [String] = []
            for try await batch in resumed {
                ids += batch.compactMap { $0.event?.id }
                if !ids.isEmpty { break }
            }
            #expect(ids == ["1"])
        }
    }

    @Test func aTakenIdAndAnUnknownOneAreSaid() async throws {
        try await self.withWorld { world in
            _ = try await world.subscriptions.create(self.subscription("s"))
            await #expect(throws: ServiceError.self) {
                _ = try await world.subscriptions.create(self.subscription("s"))
            }
            await #expect(throws: ServiceError.self) {
                _ = try await world.subscriptions.get(SubscriptionID(tenant: "other", name: "s"))
            }
        }
    }
}
