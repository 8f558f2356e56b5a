import CloudEvents
import Delivery
import DequeModule
import EventLog
import NIOCore
import Subscriptions
import Synchronization

/// Writes dead letters, and knows which of them are still there.
///
/// The topic is compacted by dead-letter id: a tombstone says that one was redriven or discarded. What is kept in
/// memory is a line each (some 200 bytes), rebuilt from the topic at start.
final class DeadLetterChannel: Sendable {
    struct Entry: Sendable {
        let id: String
        let offset: Offset
        let tenant: String
        let subscription: String
        let reason: String
    }

    private struct State {
        var entries: Deque<Entry> = []
        var live: [String: Offset] = [:]
    }

    private let configuration: DispatchConfiguration
    private let log: any EventLog
    private let state = Mutex(State())

    init(configuration: DispatchConfiguration, log: any EventLog) {
        self.configuration = configuration
        self.log = log
    }

    var topicPartition: TopicPartition { TopicPartition(self.configuration.deadLetterTopic, Partition(0)) }

    /// Reads the topic from its beginning.
    func load() async throws(EventLogError) {
        let bounds = try await self.log.bounds(of: self.topicPartition)
        var next = bounds.start
        while next < bounds.end {
            let batch = try await self.log.fetch(
                self.topicPartition, from: next, maxRecords: 1_000, maxBytes: 4 << 20, waitMax: .zero)
            for element in batch.records { self.apply(element.record, at: element.offset) }
            guard batch.next > next else { return }
            next = batch.next
        }
    }

    /// Appends a dead letter; it is durable when this returns.
    func write(_ write: DeadLetterWrite) async throws(EventLogError) {
        let now = DispatchClock.wall
        let id = "\(String(now.milliseconds, radix: 36))-\(RandomName.make(10))"
        var record = LogRecord(event: write.event.event, key: ByteBuffer(string: id), timestamp: now)
        record.headers.append(name: "portarium_subscription", value: write.subscription.name)
        record.headers.append(name: "portarium_tenant", value: write.subscription.tenant)
        record.headers.append(name: "portarium_reason", value: write.reason.rawValue)
        record.headers.append(name: "portarium_attempts", value: "\(write.attempts)")
        record.headers.append(name: "portarium_topic", value: write.event.position.topic.name)
        record.headers.append(name: "portarium_partition", value: "\(write.event.position.partition)")
        record.headers.append(name: "portarium_offset", value: "\(write.event.position.offset)")
        if let status = write.report.status { record.headers.append(name: "portarium_status", value: "\(status)") }
        if let error = write.report.error { record.headers.append(name: "portarium_error", value: error) }
        // A dead letter without data must not look like a tombstone.
        if record.value == nil {
            record.value = ByteBuffer()
            record.headers.append(name: "portarium_no_data", value: "true")
        }
        let positions = try await self.log.append([
            ProducerRecord(topic: self.configuration.deadLetterTopic, partition: Partition(0), record: record)
        ])
        if let position = positions.first { self.apply(record, at: position.offset) }
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
        return ProducerRecord(topic: self.configuration.redriveTopic, record: record)
    }

    /// The one subscription that a redriven record is for.
    static func target(of record: LogRecord) -> SubscriptionID? {
        guard let tenant = record.headers["portarium_target_tenant"], let name = record.headers["portarium_target"]
        else {
            return nil
        }
        return SubscriptionID(tenant: tenant, name: name)
    }

    func forget(_ ids: [String]) {
        self.state.withLock { state in
            for id in ids { state.live[id] = nil }
            if state.entries.count > 2 * state.live.count + 1_000 {
                let live = state.live
                state.entries.removeAll { live[$0.id] != $0.offset }
            }
        }
    }

    /// Live entries of a tenant before an offset, newest first, as many as `limit`.
    func entries(tenant: String, before: Offset?, limit: Int, where isWanted: (Entry) -> Bool) -> [Entry] {
        self.state.withLock { state in
            var found: [Entry] = []
            for entry in state.entries.reversed() where found.count < limit {
                guard entry.tenant == tenant, before.map({ entry.offset < $0 }) ?? true,
                    state.live[entry.id] == entry.offset, isWanted(entry)
                else { continue }
                found.append(entry)
            }
            return found
        }
    }

    /// Reads one; nil where there is none, or it is another tenant's.
    func letter(_ id: String, tenant: String) async throws(EventLogError) -> DeadLetter? {
        guard let offset = self.state.withLock({ $0.live[id] }) else { return nil }
        let batch = try await self.log.fetch(
            self.topicPartition, from: offset, maxRecords: 1, maxBytes: 1, waitMax: .zero)
        guard let element = batch.records.first, element.offset == offset,
            let letter = DeadLetter(id: id, record: element.record), letter.tenant == tenant
        else { return nil }
        return letter
    }

    private func apply(_ record: LogRecord, at offset: Offset) {
        guard let key = record.key else { return }
        let id = String(buffer: key)
        guard record.value != nil else { return self.forget([id]) }
        guard let tenant = record.headers["portarium_tenant"],
            let subscription = record.headers["portarium_subscription"],
            let reason = record.headers["portarium_reason"]
        else { return }
        self.state.withLock { state in
            state.live[id] = offset
            state.entries.append(
                Entry(id: id, offset: offset, tenant: tenant, subscription: subscription, reason: reason))
        }
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
            position: position)
    }
}
