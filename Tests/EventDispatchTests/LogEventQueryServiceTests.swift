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

/// Searches and traces, with an index and without.
struct LogEventQueryServiceTests {
    private static let topics = [Topic("portarium.events"), Topic("portarium.runs")]

    /// Says yes to everything.
    private struct AgreeableSink: EventSink {
        func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
            AttemptReport(meaning: .delivered, status: 204, error: nil, durationMilliseconds: 3)
        }
    }

    /// An index that remembers what it was asked for.
    private final class WatchedIndex: EventIndex {
        private let index: InMemoryEventLog
        private let state = Mutex<[String]>([])

        init(_ index: InMemoryEventLog) { self.index = index }

        /// `header=value in topics`, one for each call.
        var calls: [String] { self.state.withLock { $0 } }

        func positions(
            header name: String, value: String, tenant: String, in ranges: [TopicPartition: Range<Offset>], limit: Int
        ) async throws(EventLogError) -> [Position] {
            let topics = Set(ranges.keys.map(\.topic.name)).sorted().joined(separator: ",")
            self.state.withLock { $0.append("\(name)=\(value) in \(topics)") }
            return try await self.index.positions(
                header: name, value: value, tenant: tenant, in: ranges, limit: limit)
        }

        var lag: Int64 { get async { 0 } }
    }

    private struct World {
        let log = InMemoryEventLog()
        let index: WatchedIndex
        let dispatcher: Dispatcher
        let subscriptions: LogSubscriptionService

        init() async throws {
            self.index = WatchedIndex(self.log)
            let configuration = DispatchConfiguration(eventTopics: LogEventQueryServiceTests.topics)
            for topic in LogEventQueryServiceTests.topics {
                try await self.log.createTopic(
                    TopicSpecification(topic: topic, partitions: 3, retentionAge: .seconds(1_000)))
            }
            for topic in configuration.internalTopics(attemptRetentionAge: nil) {
                try await self.log.createTopic(topic)
            }
            self.dispatcher = Dispatcher(
                configuration: configuration, log: self.log, sink: AgreeableSink(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            self.subscriptions = LogSubscriptionService(dispatcher: self.dispatcher)
            try await self.dispatcher.load()
            try await self.subscriptions.load()
        }

        func service(isIndexed: Bool = true) -> LogEventQueryService {
            LogEventQueryService(
                dispatcher: self.dispatcher, subscriptions: self.subscriptions, index: isIndexed ? self.index : nil)
        }

        @discardableResult
        func publish(
            _ id: String, correlation: String = "c", source: String = "/a", type: String = "t", subject: String = "s",
            tenant: String = "t", topic: Int = 0, at milliseconds: Int64 = 1, data: ByteBuffer? = nil
        ) async throws -> Position? {
            var event = CloudEvent(id: id, source: source, type: type, data: data)
            for (name, value) in [("tenantid", tenant), ("correlationid", correlation), ("subject", subject)] {
                event.attributes.append(name: name, value: value)
            }
            let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: milliseconds))
            return try await self.log.append([
                ProducerRecord(topic: LogEventQueryServiceTests.topics[topic], record: record)
            ]).first
        }
    }

    private func query(_ change: (inout EventQuery) -> Void) -> EventQuery {
        var query = EventQuery(tenant: "t")
        change(&query)
        return query
    }

    @Test(arguments: [true, false])
    func aSearchByIDHonoursEveryOtherCondition(isIndexed: Bool) async throws {
        let world = try await World()
        try await world.publish("1", source: "/a", type: "x", subject: "p", topic: 0, at: 10)
        try await world.publish("1", source: "/b", type: "y", subject: "q", topic: 1, at: 20)
        try await world.publish("1", tenant: "other", at: 30)
        try await world.publish("2", at: 30)
        let conditions: [(String, (inout EventQuery) -> Void, [String])] = [
            ("none", { _ in }, ["/b", "/a"]), ("source", { $0.source = "/a" }, ["/a"]),
            ("type", { $0.type = "y" }, ["/b"]), ("subject", { $0.subject = "p" }, ["/a"]),
            ("topic", { $0.topic = Self.topics[1] }, ["/b"]),
            ("from", { $0.from = Timestamp(milliseconds: 20) }, ["/b"]),
            ("to", { $0.to = Timestamp(milliseconds: 20) }, ["/a"]),
            ("another topic", { $0.topic = Topic("portarium.attempts") }, []),
            ("correlation", { $0.correlationID = "none" }, []),
        ]
        for (name, change, sources) in conditions {
            let query = self.query {
                $0.id = "1"
                change(&$0)
            }
            let page = try await world.service(isIndexed: isIndexed).search(query)
            #expect(page.items.map(\.event.source) == sources, "\(name)")
        }
        #expect(world.index.calls.isEmpty != isIndexed)
    }

    @Test(arguments: [true, false], [1, 7, 40, 100])
    func everyEventOfACorrelationIsOnExactlyOnePage(isIndexed: Bool, limit: Int) async throws {
        let world = try await World()
        for number in 0..<40 {
            try await world.publish("\(number)", topic: number % 2, at: Int64(number))
            try await world.publish("no \(number)", correlation: "d", topic: number % 2, at: Int64(number))
        }
        var ids: [String] = []
        var query = self.query { $0.correlationID = "c" }
        query.page.limit = limit
        var pages = 0
        repeat {
            let page = try await world.service(isIndexed: isIndexed).search(query)
            ids += page.items.map(\.event.id)
            query.page.cursor = page.nextCursor
            pages += 1
            // What comes in meanwhile is newer than the pages.
            try await world.publish("late \(pages)", at: 1_000)
        } while query.page.cursor != nil
        #expect(ids == (0..<40).reversed().map { "\($0)" })
        if isIndexed { #expect(pages == (39 + limit) / limit, "no page is empty") }
    }

    @Test(arguments: [true, false])
    func aPageOfLargeEventsIsShorterAndNothingIsLost(isIndexed: Bool) async throws {
        let world = try await World()
        let data = ByteBuffer(repeating: 0x20, count: 3 << 20)
        for number in 0..<7 {
            try await world.publish("\(number)", topic: number % 2, at: Int64(number), data: data)
        }
        var pages: [[String]] = []
        var query = self.query { $0.correlationID = "c" }
        query.page.limit = 100
        repeat {
            let page = try await world.service(isIndexed: isIndexed).search(query)
            pages.append(page.items.map(\.event.id))
            query.page.cursor = page.nextCursor
        } while query.page.cursor != nil
        #expect(pages == [["6", "5", "4"], ["3", "2", "1"], ["0"]])
    }

    @Test func aCursorServesWithTheIndexAndWithout() async throws {
        let world = try await World()
        for number in 0..<30 { try await world.publish("\(number)", topic: number % 2, at: Int64(number)) }
        var ids: [String] = []
        var query = self.query { $0.correlationID = "c" }
        query.page.limit = 4
        var isIndexed = false
        repeat {
            isIndexed.toggle()
            let page = try await world.service(isIndexed: isIndexed).search(query)
            ids += page.items.map(\.event.id)
            query.page.cursor = page.nextCursor
        } while query.page.cursor != nil
        #expect(ids == (0..<30).reversed().map { "\($0)" })
    }

    @Test func filtersThatFewMeetLoseNothingOverThePages() async throws {
        let world = try await World()
        for number in 0..<900 {
            try await world.publish("\(number)", type: number % 100 == 7 ? "rare" : "t", at: Int64(number))
        }
        var ids: [String] = []
        var query = self.query {
            $0.correlationID = "c"
            $0.type = "rare"
        }
        query.page.limit = 2
        repeat {
            let page = try await world.service().search(query)
            ids += page.items.map(\.event.id)
            query.page.cursor = page.nextCursor
        } while query.page.cursor != nil
        #expect(ids == [807, 707, 607, 507, 407, 307, 207, 107, 7].map { "\($0)" })
        #expect(world.index.calls.allSatisfy { $0.hasPrefix("ce_correlationid=c ") })
    }

    @Test func whatRetentionTookIsOnNoPage() async throws {
        let world = try await World()
        for number in 0..<10 { try await world.publish("\(number)", at: Int64(number) * 1_000) }
        var query = self.query { $0.correlationID = "c" }
        query.page.limit = 2
        let first = try await world.service().search(query)
        #expect(first.items.map(\.event.id) == ["9", "8"])
        world.log.sweep(now: Timestamp(milliseconds: 1_005_000))
        query.page.cursor = first.nextCursor
        query.page.limit = 10
        let rest = try await world.service().search(query)
        #expect(rest.items.map(\.event.id) == ["7", "6", "5"])
        #expect(rest.nextCursor == nil)
    }

    @Test func aSearchForNeitherReadsTheLog() async throws {
        let world = try await World()
        try await world.publish("1", subject: "p")
        let page = try await world.service().search(self.query { $0.subject = "p" })
        #expect(page.items.map(\.event.id) == ["1"])
        #expect(world.index.calls.isEmpty)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func aTraceTellsTheAttempts(isIndexed: Bool) async throws {
        let world = try await World()
        let service = world.service(isIndexed: isIndexed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await world.dispatcher.run() }
            _ = try await world.subscriptions.create(
                Subscription(id: SubscriptionID(tenant: "t", name: "s"), types: ["t"], sink: "http://127.0.0.1:1/"))
            for id in ["1", "2"] { try await world.publish(id) }
            var trace = try await service.trace(id: "1", source: nil, tenant: "t")
            while trace.subscriptions.first?.attempts.isEmpty ?? true {
                await Task.yield()
                trace = try await service.trace(id: "1", source: nil, tenant: "t")
            }
            #expect(trace.event.event.id == "1")
            #expect(trace.subscriptions.map(\.subscription) == ["s"])
            #expect(trace.subscriptions.first?.attempts.map(\.status) == [204])
            await #expect(throws: ServiceError.self) {
                _ = try await service.trace(id: "1", source: nil, tenant: "other")
            }
            group.cancelAll()
        }
        let calls = ["ce_id=1 in portarium.events", "ce_id=1 in portarium.attempts"]
        #expect(Set(world.index.calls) == (isIndexed ? Set(calls) : []))
    }
}
