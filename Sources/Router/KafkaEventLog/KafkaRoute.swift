import CRdKafka
import CloudEvents
import EventLog
import Logging
import NIOCore
import Synchronization

/// Carries one route, on a thread of its own: reads, selects, writes, and commits what was written with the positions
/// of what was read in one transaction.
///
/// A process that was put out of the group cannot commit: the transaction names the generation of its membership.
///
/// `@unchecked Sendable`: everything but `stopping` belongs to the thread that is in ``run()``.
final class KafkaRoute: @unchecked Sendable {
    /// How long nothing has to come before the thread looks around, in milliseconds.
    private static let idleMilliseconds: Int64 = 500
    /// How long a failure is waited out, in milliseconds: doubled each time up to the second one.
    private static let retryMilliseconds: (min: Int64, max: Int64) = (100, 5_000)
    private static let revokeMillisecondsMin: Int32 = 100
    private struct Stopping {
        var isWanted = false
        var consumer: KafkaRouteConsumer?
    }

    private let configuration: KafkaEventLogConfiguration
    private let route: LogRoute
    private let listener: any LogRouteListener
    private let logger: Logger
    private let group: String
    private let transactionalID: String
    private let consumer: KafkaRouteConsumer
    private var producer: KafkaRouteProducer
    private var plan: KafkaRoutePlan
    private var hand: KafkaRouteHand
    private var failures = 0
    private let birth = ContinuousClock.now
    private let stopping = Mutex(Stopping())

    /// Joins the group and begins with transactions. For a blocking thread.
    init(
        _ configuration: KafkaEventLogConfiguration, _ route: LogRoute, group: String, transactionalID: String,
        limits: KafkaRoutePlan.Limits = KafkaRoutePlan.Limits(), listener: any LogRouteListener, logger: Logger
    ) throws(EventLogError) {
        self.configuration = configuration
        self.route = route
        self.listener = listener
        self.logger = logger
        self.group = group
        self.transactionalID = transactionalID
        self.plan = KafkaRoutePlan(limits: limits)
        self.hand = KafkaRouteHand(defaultTenant: route.defaultTenant)
        self.producer = try KafkaRouteProducer(
            configuration, id: transactionalID, target: route.target, logger: logger)
        do throws(EventLogError) {
            let consumer = try KafkaRouteConsumer(
                configuration, group: group, topics: route.sources, logger: logger)
            self.consumer = consumer
            self.stopping.withLock { $0.consumer = consumer }
        } catch {
            self.producer.destroy()
            throw error
        }
    }

    /// Ends ``run()`` soon. From any thread.
    func stop() {
        self.stopping.withLock { stopping in
            stopping.isWanted = true
            stopping.consumer?.wake()
        }
    }

    private var isStopping: Bool { self.stopping.withLock { $0.isWanted } }

    /// Carries until ``stop()``. Called once; the route is of no use after it.
    /// - Throws: ``EventLogError`` where it cannot go on.
    func run() throws(EventLogError) {
        var failure: EventLogError?
        do throws(EventLogError) {
            while !self.isStopping { try self.step() }
            try self.settle()
        } catch {
            failure = error
            _ = self.producer.abort(error)
        }
        self.stopping.withLock { $0.consumer = nil }
        self.consumer.close()
        self.producer.destroy()
        if let failure { throw failure }
    }

    private func step() throws(EventLogError) {
        let now = self.now
        let (count, event) = self.consumer.take(
            max: self.plan.room, waitMilliseconds: self.plan.waitMilliseconds(now: now, idle: Self.idleMilliseconds))
        if count > 0 { try self.carry(count) }
        self.consumer.free()
        self.producer.takeReports()
        try self.handle(event)
        if self.plan.isDue(now: self.now) { try self.settle() }
        if let fault = self.consumer.handle.fatalError {
            throw EventLogError(.unavailable, "the member of the group '\(self.group)' failed for good: \(fault.text)")
        }
    }

    /// Milliseconds since the route was made.
    private var now: Int64 { Int64(self.birth.duration(to: .now).wholeMilliseconds) }
}

extension KafkaRoute {
    /// Puts messages into the transaction.
    private func carry(_ count: Int) throws(EventLogError) {
        guard case .done = self.producer.open() else {
            // The transaction that should have been ended is told of when it is committed.
            return try self.giveUp(EventLogError(.unavailable, "a transaction cannot be begun"))
        }
        let messages = UnsafeMutableBufferPointer(rebasing: self.consumer.messages[..<count])
        let code = self.hand.carry(
            messages, to: self.producer, self.listener.selection, now: self.now, &self.plan)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            try self.giveUp(
                EventLogError(kafka: code, "a record cannot be written to topic '\(self.route.target)'"))
        }
    }

    private func handle(_ event: KafkaRouteConsumer.Event) throws(EventLogError) {
        switch event {
        case .nothing: return
        case .assigned(let partitions): try self.takeUp(partitions)
        case .revoked(let partitions):
            // What was read of them becomes durable before another process goes on.
            try self.settle()
            for topicPartition in partitions { self.plan.remove(topicPartition) }
            // Who joins anew at once may not be heard, see ``KafkaMembership``.
            rd_kafka_poll(self.producer.handle.pointer, Self.revokeMillisecondsMin)
            self.consumer.unassign(partitions)
            self.log("partitions of a route go", partitions)
        case .lost(let partitions):
            for topicPartition in partitions { self.plan.remove(topicPartition) }
            self.consumer.unassign(partitions)
            self.log("partitions of a route were lost", partitions)
            try self.giveUp(EventLogError(.unavailable, "this process was not heard of for too long"))
        case .outOfRange(let topicPartition): try self.goIntoRange(topicPartition)
        case .failed(let error):
            self.listener.failed(error)
        }
    }

    private func takeUp(_ partitions: [TopicPartition]) throws(EventLogError) {
        let committed: [TopicPartition: Int64]
        do throws(EventLogError) { committed = try self.consumer.committed(partitions) } catch {
            // librdkafka waits for its answer, also where the member is about to leave.
            try self.consumer.assign(partitions.map { ($0, self.start(of: $0)) })
            throw error
        }
        let places = partitions.map { (topicPartition: $0, offset: committed[$0] ?? self.start(of: $0)) }
        try self.consumer.assign(places)
        for (topicPartition, offset) in places { self.plan.add(topicPartition, at: offset) }
        self.log("partitions of a route came", partitions)
    }

    private func start(of topicPartition: TopicPartition) -> Int64 { self.route.starts[topicPartition]?.value ?? 0 }

    /// What was to be read next was not there. What librdkafka says of it may be old: where the place is in range by
    /// now, it stays.
    private func goIntoRange(_ topicPartition: TopicPartition) throws(EventLogError) {
        try self.settle()
        guard let next = self.plan.next(of: topicPartition) else { return }
        let bounds = try self.consumer.bounds(of: topicPartition)
        let (start, end) = (bounds.start.value, bounds.end.value)
        if next > 0, next < start {
            self.listener.rangeLost(topicPartition, from: Offset(next), to: bounds.start)
        }
        // Past the end: the topic was made anew.
        let place = next < start || next > end ? start : next
        // librdkafka may have given the partition up: then there is nothing to go elsewhere in.
        self.consumer.unassign([topicPartition])
        try self.consumer.assign([(topicPartition, place)])
        self.plan.add(topicPartition, at: place)
    }

    /// Makes durable what the transaction holds.
    private func settle() throws(EventLogError) {
        guard self.plan.isOpen else { return }
        switch self.producer.commit(self.plan.positions, as: self.consumer) {
        case .done:
            self.listener.carried(read: self.plan.read, carried: self.plan.carried, invalid: self.plan.invalid)
            self.plan.begin()
            self.failures = 0
        case .aborted(let error): try self.beginAgain(error)
        case .failed(let error): try self.replaceProducer(error)
        }
    }

    /// Takes back what the transaction holds.
    private func giveUp(_ error: EventLogError) throws(EventLogError) {
        switch self.producer.abort(error) {
        case .done, .aborted: try self.beginAgain(error)
        case .failed(let error): try self.replaceProducer(error)
        }
    }

    /// Another producer of the same id ends what the old one left open, in whatever way: the group's positions tell.
    private func replaceProducer(_ error: EventLogError) throws(EventLogError) {
        self.logger.warning(
            "the producer of a route is replaced", metadata: ["group": "\(self.group)", "error": "\(error)"])
        let producer = try KafkaRouteProducer(
            self.configuration, id: self.transactionalID, target: self.route.target, logger: self.logger)
        self.producer.destroy()
        self.producer = producer
        try self.beginAgain(error)
    }

    /// Goes back to what is durable, after a while.
    private func beginAgain(_ error: EventLogError) throws(EventLogError) {
        self.listener.failed(error)
        self.plan.begin()
        let pause = min(Self.retryMilliseconds.max, Self.retryMilliseconds.min << min(self.failures, 10))
        self.failures += 1
        let deadline = self.now + pause
        while self.now < deadline, !self.isStopping { rd_kafka_poll(self.producer.handle.pointer, 50) }
        let partitions = self.plan.partitions
        let committed = try self.consumer.committed(partitions)
        let places = partitions.map { (topicPartition: $0, offset: committed[$0] ?? self.start(of: $0)) }
        try self.consumer.seek(places)
        for (topicPartition, offset) in places { self.plan.add(topicPartition, at: offset) }
    }

    private func log(_ message: Logger.Message, _ partitions: [TopicPartition]) {
        self.logger.info(message, metadata: ["group": "\(self.group)", "partitions": "\(partitions.count)"])
    }
}
