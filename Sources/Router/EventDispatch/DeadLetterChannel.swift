import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import Subscriptions
import Synchronization

/// Writes dead letters, and knows which of them are still there.
///
/// The topic is compacted by dead-letter id: a tombstone says that one was redriven or discarded. What is kept in
/// memory is ``DeadLetterIndex``, rebuilt from the topic at start. On a log that several processes share the topic is
/// followed, and only what the follower has come to is known: see ``catchUp()``.
final class DeadLetterChannel: Sendable {
    typealias Entry = DeadLetterIndex.Entry

    /// How often it is looked what retention has taken.
    private static let pruneInterval = Duration.seconds(60)
    private let configuration: DispatchConfiguration
    private let log: any EventLog
    private let memory = DeadLetterMemory()
    /// nil where this process has the log alone: then it knows what it writes.
    private let follower: TopicFollower?

    init(configuration: DispatchConfiguration, log: any EventLog, logger: Logger) {
        self.configuration = configuration
        self.log = log
        guard log.isShared else {
            self.follower = nil
            return
        }
        let memory = self.memory
        let topicPartition = TopicPartition(configuration.deadLetterTopic, Partition(0))
        self.follower = TopicFollower(log: log, topicPartition: topicPartition, logger: logger) { element in
            memory.apply(element.record, at: element.offset)
        }
    }

    var topicPartition: TopicPartition { TopicPartition(self.configuration.deadLetterTopic, Partition(0)) }
    /// No letter that is known lies at or past it.
    var end: Offset { self.memory.state.withLock { $0.end } }

    /// Reads the topic from its beginning.
    func load() async throws(EventLogError) {
        if self.follower != nil { return try await self.catchUp() }
        try await self.log.readToEnd(of: self.topicPartition) { element in
            self.memory.apply(element.record, at: element.offset)
        }
    }

    /// Knows all letters and tombstones that were written before this call, by whichever process.
    func catchUp() async throws(EventLogError) { try await self.follower?.catchUp() }

    /// Follows what other processes write, and forgets regularly what retention has taken, until the task is cancelled.
    func follow() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follower?.run() }
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pruneInterval)
                // The next time does it.
                if !Task.isCancelled { try? await self.prune() }
            }
        }
    }

    /// Makes room for a dead letter that is about to be written, those under way counted.
    /// - Parameter most: letters that the tenant may have; nil: no limit.
    /// - Returns: whether there is; then ``write(_:generation:)`` has to follow.
    func reserve(tenant: String, most: Int?) async -> Bool {
        if self.memory.reserve(tenant: tenant, most: most) { return true }
        // Retention may have taken some since it was last looked.
        try? await self.prune()
        return self.memory.reserve(tenant: tenant, most: most)
    }

    /// Whether an event has a dead letter now, other than one of a replay.
    func isDeadLettered(generation: String, origin: Position) -> Bool {
        let root = DeadLetterID.root(generation: generation, origin: origin)
        return self.memory.state.withLock { $0.index.hasLetter(root: root) }
    }

    /// From now on dead letters of a replay are filed under the subscription that it is to, or under its own id.
    func file(_ replay: ReplayKey, under subscription: String?) {
        self.memory.state.withLock { $0.replayTargets[replay.machineID] = subscription }
    }

    func forgetReplay(_ replay: ReplayKey) { self.memory.state.withLock { $0.replayTargets[replay.machineID] = nil } }

    /// Appends a dead letter; it is durable when this returns. Written again, it is the same letter.
    ///
    /// An event that was redriven and failed again is another letter: it keeps its origin, and its attempts are counted
    /// together. What ``reserve(tenant:most:)`` had made room for is so no longer when this returns or throws.
    /// - Parameter generation: of the subscription or replay that the event could not be delivered to.
    func write(_ write: DeadLetterWrite, generation: String) async throws(EventLogError) {
        let tenant = write.subscription.tenant
        let record: LogRecord
        let offset: Offset?
        do throws(EventLogError) {
            record = try await self.record(write, generation: generation)
            offset = try await self.log.append([
                ProducerRecord(topic: self.configuration.deadLetterTopic, partition: Partition(0), record: record)
            ]).first?.offset
        } catch {
            self.memory.release(tenant: tenant)
            throw error
        }
        if self.follower == nil, let offset {
            self.memory.apply(record, at: offset, reserved: tenant)
        } else {
            // A shared log's follower applies it, in the log's order: a tombstone may lie behind it already.
            self.memory.release(tenant: tenant)
        }
    }

    private func record(_ write: DeadLetterWrite, generation: String) async throws(EventLogError) -> LogRecord {
        let origin = try await self.origin(of: write.event.position)
        let root = DeadLetterID.root(generation: generation, origin: origin.position)
        let id = write.event.position == origin.position ? root : DeadLetterID.again(root, from: write.event.position)
        let replay = ReplayKey(machineID: write.subscription)
        let target = self.memory.state.withLock { $0.replayTargets[write.subscription] }
        let replayID = write.replayID ?? origin.replayID
        var event = write.event.event
        if let replayID { event.attributes.set("replayid", to: replayID) }
        var record = LogRecord(event: event, key: ByteBuffer(string: id), timestamp: DispatchClock.wall)
        let name = replay.map { target ?? "replay-\($0.id)" } ?? write.subscription.name
        record.headers.append(name: "portarium_subscription", value: name)
        record.headers.append(name: "portarium_tenant", value: write.subscription.tenant)
        record.headers.append(name: "portarium_reason", value: write.reason.rawValue)
        if replay != nil, target == nil { record.headers.append(name: "portarium_isolated", value: "true") }
        record.headers.append(origin: origin.position, attempts: origin.attempts + write.attempts, replayID: replayID)
        if let status = write.report.status { record.headers.append(name: "portarium_status", value: "\(status)") }
        if let error = write.report.error { record.headers.append(name: "portarium_error", value: error) }
        // A dead letter without data must not look like a tombstone.
        if record.value == nil {
            record.value = ByteBuffer()
            record.headers.append(name: "portarium_no_data", value: "true")
        }
        return record
    }

    /// Where an event lies in its own topic, and how often it was tried before it was redriven.
    private func origin(
        of position: Position
    ) async throws(EventLogError) -> (position: Position, attempts: Int, replayID: String?) {
        guard position.topic == self.configuration.redriveTopic,
            let record = try await self.log.record(at: position), let origin = Position(originOf: record)
        else { return (position, 0, nil) }
        let attempts = record.headers["portarium_attempts"].flatMap { Int($0) } ?? 0
        return (origin, attempts, record.headers["portarium_replayid"])
    }

    /// The record that says a dead letter is gone.
    func tombstone(_ id: String) -> ProducerRecord {
        ProducerRecord(
            topic: self.configuration.deadLetterTopic, partition: Partition(0),
            record: LogRecord(key: ByteBuffer(string: id), value: nil, timestamp: DispatchClock.wall))
    }

    /// The record that sends a dead letter again, to its one subscription.
    func redriveRecord(_ letter: DeadLetter) -> ProducerRecord {
        var record = LogRecord(
            event: letter.event, key: ByteBuffer(bytes: OrderingKey.bytes(of: letter.event)),
            timestamp: DispatchClock.wall)
        record.headers.append(name: "portarium_target_tenant", value: letter.tenant)
        record.headers.append(name: "portarium_target", value: letter.subscription)
        record.headers.append(origin: letter.position, attempts: letter.attempts, replayID: letter.replayID)
        return ProducerRecord(topic: self.configuration.redriveTopic, record: record)
    }

    /// What traces read of letters of one tenant that were redriven or discarded; nothing where traces are not kept, or
    /// of a replay's letters.
    func journalRecords(_ letters: [DeadLetter], outcome: AttemptEntry.Outcome) -> [ProducerRecord] {
        guard self.configuration.recordsAttempts else { return [] }
        let now = DispatchClock.wall
        var pages: [AttemptPage] = []
        for letter in letters where letter.replayID == nil {
            if pages.last?.isFull ?? true {
                pages.append(AttemptPage(tenant: letter.tenant))
            }
            pages[pages.count - 1].append(
                letter.event,
                AttemptEntry(
                    subscription: letter.subscription, tenant: letter.tenant, position: letter.position,
                    outcome: outcome, at: now, status: nil, error: nil, durationMilliseconds: 0))
        }
        return pages.map { ProducerRecord(topic: self.configuration.attemptTopic, record: $0.record(at: now)) }
    }

    /// The one subscription that a redriven record is for.
    static func target(of record: LogRecord) -> SubscriptionID? {
        guard let tenant = record.headers["portarium_target_tenant"], let name = record.headers["portarium_target"]
        else {
            return nil
        }
        return SubscriptionID(tenant: tenant, name: name)
    }

    /// Letters are gone whose tombstones lie at these positions; on a shared log, when the follower comes to them.
    func forget(_ ids: [String], tombstones: some Sequence<Position>) {
        guard self.follower == nil else { return }
        self.memory.state.withLock { state in
            for (id, tombstone) in zip(ids, tombstones) { state.index.remove(id, before: tombstone.offset) }
        }
    }

    /// Forgets what retention has taken.
    func prune() async throws(EventLogError) {
        self.memory.prune(before: try await self.log.bounds(of: self.topicPartition).start)
    }

    /// How many letters of a tenant are known.
    func count(tenant: String) -> Int { self.memory.state.withLock { $0.index.count(tenant: tenant) } }

    /// An entry of a tenant; nil where there is none.
    func entry(_ id: String, tenant: String) -> Entry? {
        self.memory.state.withLock { $0.index[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    /// Entries of a tenant, or of one of its subscriptions, before an offset, newest first.
    func newest(
        tenant: String, subscription: String?, before: Offset?, limit: Int, where isWanted: (Entry) -> Bool
    ) -> [Entry] {
        self.memory.state.withLock { state in
            state.index.newest(
                tenant: tenant, subscription: subscription, before: before, limit: limit, where: isWanted)
        }
    }

    /// Entries of one subscription from an offset on and below another, oldest first.
    func oldest(of id: SubscriptionID, from: Offset, below: Offset, limit: Int) -> [Entry] {
        self.memory.state.withLock { $0.index.oldest(of: id, from: from, below: below, limit: limit) }
    }

    /// Reads one; nil where it is gone.
    func letter(_ entry: Entry) async throws(EventLogError) -> DeadLetter? {
        guard let record = try await self.log.record(at: Position(self.topicPartition, entry.offset)) else {
            // Retention or compaction took it: it is there no more.
            self.memory.state.withLock { state in
                if state.index[entry.id] === entry { state.index.remove(entry.id) }
            }
            return nil
        }
        return DeadLetter(id: entry.id, record: record)
    }
}

extension DeadLetter {
    /// Reads a record of the dead-letter topic; nil where it is none.
    init?(id: String, record: LogRecord) {
        guard let tenant = record.headers["portarium_tenant"],
            let subscription = record.headers["portarium_subscription"],
            let reason = record.headers["portarium_reason"], let position = Position(originOf: record),
            var event = try? record.cloudEvent()
        else { return nil }
        if record.headers["portarium_no_data"] != nil { event.data = nil }
        self.init(
            id: id, subscription: subscription, tenant: tenant, event: event, reason: reason,
            status: record.headers["portarium_status"].flatMap { Int($0) }, error: record.headers["portarium_error"],
            attempts: record.headers["portarium_attempts"].flatMap { Int($0) } ?? 1, at: record.timestamp,
            position: position, replayID: record.headers["portarium_replayid"])
    }
}

extension RecordHeaders {
    /// Where an event lies in its own topic, how often it was tried, and in which replay.
    fileprivate mutating func append(origin: Position, attempts: Int, replayID: String?) {
        self.append(name: "portarium_attempts", value: "\(attempts)")
        self.append(name: "portarium_topic", value: origin.topic.name)
        self.append(name: "portarium_partition", value: "\(origin.partition)")
        self.append(name: "portarium_offset", value: "\(origin.offset)")
        if let replayID { self.append(name: "portarium_replayid", value: replayID) }
    }
}
