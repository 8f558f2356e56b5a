import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import RouterTestKit
import ServiceLifecycle
import Subscriptions
import Synchronization

@testable import EventDispatch

/// One of several routers on one log.
final class Replica: Sendable {
    let name: String
    let log: ReplicaEventLog
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    let replays: LogReplayService
    private let sink: ReplicaSink
    private let services: ServiceGroup
    private let stopped: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    /// - Parameter takesPart: false for a replica that dispatches nothing.
    init(
        _ name: String, _ coordinator: ReplicaCoordinator, _ configuration: DispatchConfiguration, _ sink: ScriptedSink,
        takesPart: Bool
    ) {
        let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        self.name = name
        self.log = ReplicaEventLog(name, coordinator)
        self.sink = ReplicaSink(sink)
        self.dispatcher = Dispatcher(configuration: configuration, log: self.log, sink: self.sink, logger: logger)
        self.subscriptions = LogSubscriptionService(dispatcher: self.dispatcher)
        self.replays = LogReplayService(dispatcher: self.dispatcher, subscriptions: self.subscriptions)
        (self.stopped, self.stop) = AsyncStream.makeStream(of: Void.self)
        let services: [any Service] =
            takesPart ? [self.subscriptions, self.replays, self.dispatcher] : [self.subscriptions]
        self.services = ServiceGroup(services: services, logger: logger)
    }

    /// What it got to its sinks itself.
    var sent: Int { self.sink.sent }

    /// Partitions of events that it dispatches, and is heard to dispatch.
    var partitions: Set<TopicPartition> {
        self.log.coordinator.partitions(of: self.name).filter { topicPartition in
            topicPartition.topic == DispatchWorld.topic
                && self.dispatcher.core.look { $0.machine.assignment(of: topicPartition) != nil }
        }
    }

    func run() async throws {
        try await self.dispatcher.load()
        try await self.subscriptions.load()
        try await self.replays.load()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.services.run() }
            group.addTask { for await _ in self.stopped {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// Ends in the orderly way.
    func shutDown() async {
        await self.services.triggerGracefulShutdown()
        await until { !self.log.coordinator.members.contains(self.name) }
    }

    /// Ends from one moment to the next.
    func crash() {
        self.sink.die()
        self.log.crash()
        self.stop.finish()
    }

    func view(_ name: String = "s") async -> SubscriptionView? {
        try? await self.subscriptions.get(DispatchWorld.id(name))
    }
}

/// A replica's way to the sink; a dead one sends no more.
private final class ReplicaSink: EventSink {
    private let sink: ScriptedSink
    private let state = Mutex((isDead: false, sent: 0))

    init(_ sink: ScriptedSink) { self.sink = sink }

    var sent: Int { self.state.withLock { $0.sent } }

    func die() { self.state.withLock { $0.isDead = true } }

    func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let isDead = self.state.withLock { state in
            state.sent += state.isDead ? 0 : 1
            return state.isDead
        }
        guard !isDead else {
            return AttemptReport(
                meaning: .retry(afterMilliseconds: 60_000), status: nil, error: "dead", durationMilliseconds: 0)
        }
        return await self.sink.send(attempt)
    }
}

/// Several routers on one log, all with one sink.
final class ReplicaWorld: Sendable {
    let coordinator: ReplicaCoordinator
    let sink = ScriptedSink()
    private let configuration: DispatchConfiguration
    private let starts: AsyncStream<Replica>.Continuation
    private let published = Mutex(0)

    private init(
        _ coordinator: ReplicaCoordinator, _ configuration: DispatchConfiguration,
        _ starts: AsyncStream<Replica>.Continuation
    ) {
        self.coordinator = coordinator
        self.configuration = configuration
        self.starts = starts
    }

    var log: InMemoryEventLog { self.coordinator.log }

    static func with(
        partitions: Int = 6, change: (inout DispatchConfiguration) -> Void = { _ in },
        _ body: (ReplicaWorld) async throws -> Void
    ) async throws {
        let log = InMemoryEventLog()
        var configuration = DispatchConfiguration(eventTopics: [DispatchWorld.topic])
        configuration.commitIntervalMilliseconds = 10
        configuration.limits.internalRetryMilliseconds = 1
        configuration.recordsAttempts = false
        change(&configuration)
        try await log.createTopic(TopicSpecification(topic: DispatchWorld.topic, partitions: partitions))
        for topic in configuration.internalTopics(attemptRetentionAge: nil) { try await log.createTopic(topic) }
        let (started, starts) = AsyncStream.makeStream(of: Replica.self)
        let world = ReplicaWorld(ReplicaCoordinator(log: log), configuration, starts)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { running in
                    for await replica in started { running.addTask { try await replica.run() } }
                }
            }
            defer {
                world.sink.open()
                group.cancelAll()
            }
            try await body(world)
        }
    }

    /// Starts a replica, and waits until it knows the subscriptions and, where it takes part, has partitions.
    func start(_ name: String, takesPart: Bool = true) async -> Replica {
        let replica = Replica(name, self.coordinator, self.configuration, self.sink, takesPart: takesPart)
        self.starts.yield(replica)
        await until { replica.subscriptions.topicFollower.withLock { $0?.position != nil } }
        if takesPart { await until { !replica.partitions.isEmpty } }
        return replica
    }

    /// Appends events of ten keys, numbered through.
    func publish(_ count: Int) async throws {
        for _ in 0..<count {
            let number = self.published.withLock { published in
                defer { published += 1 }
                return published
            }
            try await self.publish("\(number)", key: "k\(number % 10)")
        }
    }

    func publish(
        _ id: String, key: String, partition: Partition? = nil, at timestamp: Timestamp = Timestamp(milliseconds: 1)
    ) async throws {
        var event = CloudEvent(id: id, source: "/test", type: "a")
        event.attributes.append(name: "tenantid", value: "t")
        event.attributes.append(name: "partitionkey", value: key)
        let record = LogRecord(
            event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)), timestamp: timestamp)
        _ = try await self.log.append([
            ProducerRecord(topic: DispatchWorld.topic, partition: partition, record: record)
        ])
    }

    /// Ids in the order of their deliveries to a subscription.
    func delivered(to name: String = "s") -> [String] {
        self.sink.deliveries.filter { $0.subscription == name }.map(\.event)
    }

    func waitForDelivery(of count: Int, to name: String = "s") async {
        await until { Set(self.delivered(to: name)).count >= count }
    }

    /// How often an event was delivered that had been before.
    func redeliveries(to name: String = "s") -> Int {
        let ids = self.delivered(to: name)
        return ids.count - Set(ids).count
    }

    /// Whether first deliveries of every key came in order.
    func isInOrder(_ name: String = "s") -> Bool {
        var seen: Set<String> = []
        var last: [Int: Int] = [:]
        for id in self.delivered(to: name) where seen.insert(id).inserted {
            guard let number = Int(id) else { continue }
            if let before = last[number % 10], before > number { return false }
            last[number % 10] = number
        }
        return true
    }

    /// Waits until all that is settled is committed, so that nothing is open.
    func waitForCommits(_ replicas: Replica...) async {
        for replica in replicas {
            await until { replica.dispatcher.core.step { state, _ in !state.machine.isCommitting } }
            try? await replica.dispatcher.recordPositions()
        }
    }
}
