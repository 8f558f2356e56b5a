import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// A router on a log in memory that has a topic for sinks, beside those that events are routed to.
struct TopicWorld: Sendable {
    static let target = Topic("portarium.out")

    let log: any EventLog
    let base: InMemoryEventLog
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    let routes: LogRouteService

    static func log() async throws -> InMemoryEventLog {
        let log = try await DispatchWorld.log()
        try await log.createTopic(TopicSpecification(topic: Self.target, partitions: 3))
        return log
    }

    /// - Parameter log: over `base`.
    static func with(
        _ base: InMemoryEventLog, _ log: any EventLog, observer: any DispatchObserver = SilentDispatchObserver(),
        _ change: (inout DispatchConfiguration) -> Void = { _ in },
        _ body: (TopicWorld) async throws -> Void
    ) async throws {
        var configuration = DispatchConfiguration(eventTopics: [DispatchWorld.topic])
        configuration.commitIntervalMilliseconds = 10
        configuration.limits.internalRetryMilliseconds = 1
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let sink = SchemeEventSink(
            topics: TopicEventSink(writer: log, topicPrefix: configuration.topicPrefix), others: ScriptedSink())
        let dispatcher = Dispatcher(
            configuration: configuration, log: log, sink: sink, observer: observer, logger: logger)
        let subscriptions = LogSubscriptionService(dispatcher: dispatcher)
        let world = TopicWorld(
            log: log, base: base, dispatcher: dispatcher, subscriptions: subscriptions,
            routes: LogRouteService(subscriptions: subscriptions))
        try await dispatcher.load()
        try await subscriptions.load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            if !log.isShared { group.addTask { try await dispatcher.run() } }
            group.addTask { try await subscriptions.run() }
            group.addTask { try await world.routes.run() }
            defer { group.cancelAll() }
            try await body(world)
        }
    }

    static func subscription(_ name: String = "s", sink: String = "kafka:out") -> Subscription {
        DispatchWorld.subscription(name, sink: sink)
    }

    @discardableResult
    func publish(_ id: Int, type: String = "a") async throws -> Position {
        var event = CloudEvent(id: "\(id)", source: "/test", type: type, data: ByteBuffer(string: "\(id)"))
        event.attributes.append(name: "tenantid", value: "t")
        event.attributes.append(name: "partitionkey", value: "k\(id % 4)")
        let record = LogRecord(
            event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)),
            timestamp: Timestamp(milliseconds: 1_000 + Int64(id)))
        return try await self.base.append([ProducerRecord(topic: DispatchWorld.topic, record: record)])[0]
    }

    /// The records of the target, by key in order.
    func carried() async throws -> [ByteBuffer: [LogRecord]] {
        var records: [ByteBuffer: [LogRecord]] = [:]
        for partition in 0..<Int32(3) {
            let batch = try await self.base.fetch(
                TopicPartition(Self.target, Partition(partition)), from: .zero, maxRecords: 10_000, maxBytes: 1 << 24,
                waitMax: .zero)
            for element in batch.records {
                records[try #require(element.record.key), default: []].append(element.record)
            }
        }
        return records
    }

    func carriedIDs() async -> [Int] {
        let records = (try? await self.carried().values.joined()).map(Array.init) ?? []
        return records.compactMap { (try? $0.cloudEvent()).flatMap { Int($0.id) } }.sorted()
    }
}
