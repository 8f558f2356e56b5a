import CloudEvents
import EventLog
import KafkaTestKit
import Logging
import NIOCore
import Synchronization
import Testing

@testable import KafkaEventLog

/// Topics on a broker, and routes between them.
struct RouteWorld: Sendable {
    static let sourcePartitions = 4
    let log: KafkaEventLog
    let source: Topic
    let target: Topic
    let route: LogRoute

    /// - Parameter change: of the configuration.
    static func with(
        brokers: String, _ change: (inout KafkaEventLogConfiguration) -> Void = { _ in },
        _ body: (RouteWorld) async throws -> Void
    ) async throws {
        let prefix = unusedPrefix()
        let log = try Self.open(brokers, prefix, change)
        let (source, target) = (Topic("\(prefix).in"), Topic("\(prefix).out"))
        let world = RouteWorld(
            log: log, source: source, target: target,
            route: LogRoute(
                group: ConsumerGroup("portarium.subscription.t/s/g"), sources: [source], target: target))
        let result: Result<Void, any Error>
        do {
            try await log.createTopic(TopicSpecification(topic: source, partitions: Self.sourcePartitions))
            try await log.createTopic(TopicSpecification(topic: target, partitions: 3))
            try await body(world)
            result = .success(())
        } catch { result = .failure(error) }
        await log.close()
        try result.get()
    }

    static func open(
        _ brokers: String, _ prefix: String, _ change: (inout KafkaEventLogConfiguration) -> Void = { _ in }
    ) throws -> KafkaEventLog {
        var configuration = KafkaEventLogConfiguration(brokers: brokers)
        configuration.prefix = prefix
        configuration.sessionTimeoutMilliseconds = 6_000
        change(&configuration)
        var logger = Logger(label: "kafka-test")
        logger.logLevel = .error
        return try KafkaEventLog(configuration: configuration, logger: logger)
    }

    static func event(_ id: Int, type: String = "a", key: String? = nil) -> CloudEvent {
        var event = CloudEvent(id: "\(id)", source: "/test", type: type, data: ByteBuffer(string: "data \(id)"))
        event.attributes.append(name: "tenantid", value: "t")
        event.attributes.append(name: "partitionkey", value: key ?? "key-\(id % 16)")
        return event
    }

    /// Appends events of type `a`, but every third one of type `b`.
    func publish(_ ids: Range<Int>) async throws {
        _ = try await self.log.append(
            ids.map { id in
                let event = Self.event(id, type: id % 3 == 0 ? "b" : "a")
                return ProducerRecord(
                    topic: self.source,
                    record: LogRecord(
                        event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)),
                        timestamp: Timestamp(milliseconds: 1_700_000_000_000 + Int64(id))))
            })
    }

    /// Runs a route while `body` runs.
    func routing(
        _ listener: RecordedRoute, with log: (any EventLogRouting)? = nil, _ body: () async throws -> Void
    ) async throws {
        let log: any EventLogRouting = log ?? self.log
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await log.route(self.route, listener) } catch { Issue.record("the route ended: \(error)") }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Everything that a reader of committed records finds in the target, by partition in order.
    func carried() async throws -> [LogRecord] {
        var records: [LogRecord] = []
        for partition in 0..<3 {
            let topicPartition = TopicPartition(self.target, Partition(Int32(partition)))
            let end = try await self.log.bounds(of: topicPartition).end
            var next = Offset(0)
            while next < end {
                let batch = try await self.log.fetch(
                    topicPartition, from: next, maxRecords: 1_000, maxBytes: 1 << 20, waitMax: .seconds(1))
                guard batch.next > next else { break }
                records += batch.records.map(\.record)
                next = batch.next
            }
        }
        return records
    }

    /// The ids in the target, in the order of each key.
    func carriedIDs() async throws -> [String: [Int]] {
        try await self.carried().reduce(into: [:]) { ids, record in
            let event = try record.cloudEvent()
            ids[event.attributes["partitionkey"] ?? "", default: []].append(Int(event.id) ?? -1)
        }
    }

    /// What has to be in the target, in the order of each key.
    static func expectedIDs(_ ids: Range<Int>) -> [String: [Int]] {
        ids.filter { $0 % 3 != 0 }.reduce(into: [:]) { $0["key-\($1 % 16)", default: []].append($1) }
    }

    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw EventLogError(.unavailable, "never: \(what)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until the target holds so many records, or more.
    func untilCarried(_ count: Int, _ listeners: RecordedRoute...) async throws {
        try await self.untilCarried(count, listeners)
    }

    func untilCarried(_ count: Int, _ listeners: [RecordedRoute]) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while listeners.reduce(0, { $0 + $1.counts.carried }) < count {
            guard ContinuousClock.now < deadline else {
                Issue.record("only \(listeners.map(\.counts)) of \(count) after a minute; \(listeners.map(\.failures))")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// Selects events of type `a`, and remembers what it is told.
final class RecordedRoute: LogRouteListener {
    struct Counts: Sendable, Equatable {
        var read = 0
        var carried = 0
        var invalid = 0
    }

    private struct State {
        var counts = Counts()
        var failures: [String] = []
        var lost: [ClosedRange<Int64>] = []
        var selection = LogRouteSelection(conditions: [.init(attribute: "type", values: [Array("a".utf8)])])
    }

    private let state = Mutex(State())

    var counts: Counts { self.state.withLock { $0.counts } }
    var failures: [String] { self.state.withLock { $0.failures } }
    var lost: [ClosedRange<Int64>] { self.state.withLock { $0.lost } }
    var selection: LogRouteSelection { self.state.withLock { $0.selection } }

    func select(_ isWanted: @escaping @Sendable (CloudEvent) -> Bool) {
        self.state.withLock { $0.selection = LogRouteSelection(conditions: [], isWanted: isWanted) }
    }

    func select(_ conditions: [LogRouteSelection.Condition]) {
        self.state.withLock { $0.selection = LogRouteSelection(conditions: conditions) }
    }

    func carried(read: Int, carried: Int, invalid: Int) {
        self.state.withLock { state in
            state.counts.read += read
            state.counts.carried += carried
            state.counts.invalid += invalid
        }
    }

    func failed(_ error: EventLogError) { self.state.withLock { $0.failures.append("\(error)") } }

    func rangeLost(_ topicPartition: TopicPartition, from: Offset, to: Offset) {
        self.state.withLock { $0.lost.append(from.value...to.value) }
    }
}
