import EventLog
import RouterTestKit
import Synchronization

/// A log in memory that says it is shared, appends record by record, and assigns nothing by itself.
final class SharedLog: EventLog {
    let base: InMemoryEventLog
    /// How many records go through before every further append fails; nil: all.
    private let recordsLeft = Mutex<Int?>(nil)
    /// Runs before each record that is appended through it.
    let interlude = Mutex<(@Sendable (ProducerRecord) async -> Void)?>(nil)
    /// Bytes of the records that were fetched.
    let bytesFetched = Mutex(0)
    /// Why it does not route; nil: it does.
    let obstacle = Mutex<String?>("it is told not to")

    init(_ base: InMemoryEventLog) { self.base = base }

    var isShared: Bool { true }
    var appendsAtomically: Bool { false }

    /// The next `records` are appended, then appends fail, in the middle of a call too; nil lets all through.
    func letThrough(records: Int?) { self.recordsLeft.withLock { $0 = records } }

    func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        var positions: [Position] = []
        for record in records {
            let isThrough = self.recordsLeft.withLock { left in
                guard let count = left else { return true }
                left = max(0, count - 1)
                return count > 0
            }
            guard isThrough else { throw EventLogError(.unavailable, "told to fail") }
            await self.interlude.withLock { $0 }?(record)
            positions += try await self.base.append([record])
        }
        return positions
    }

    func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        let batch = try await self.base.fetch(
            topicPartition, from: offset, maxRecords: maxRecords, maxBytes: maxBytes, waitMax: waitMax)
        self.bytesFetched.withLock { $0 += batch.records.reduce(0) { $0 + $1.record.size } }
        return batch
    }

    func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try await self.base.bounds(of: topicPartition)
    }

    func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset {
        try await self.base.offset(of: topicPartition, at: timestamp)
    }

    func commit(_ commits: [GroupCommit]) async throws(EventLogError) { try await self.base.commit(commits) }

    func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        try await self.base.committed(groupsWithPrefix: prefix)
    }

    func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) { try await self.base.deleteGroup(group) }

    func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        try await self.base.createTopic(specification)
    }

    func topics() async throws(EventLogError) -> [TopicSpecification] { try await self.base.topics() }

    func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {}

    func leave() async {}
}

/// Routes record by record, for one process at a time.
extension SharedLog: EventLogRouting {
    func obstacleToRouting() async throws(EventLogError) -> String? { self.obstacle.withLock { $0 } }

    func route(_ route: LogRoute, _ listener: any LogRouteListener) async throws(EventLogError) {
        var next = try await self.committed(groupsWithPrefix: route.group.name)[route.group] ?? [:]
        let sources = Set(route.sources)
        let partitions = try await self.topics().filter { sources.contains($0.topic) }.flatMap { specification in
            (0..<Int32(specification.partitions)).map { TopicPartition(specification.topic, Partition($0)) }
        }
        while !Task.isCancelled {
            for topicPartition in partitions {
                let from = next[topicPartition]?.offset ?? route.starts[topicPartition] ?? .zero
                let batch = try await self.fetch(
                    topicPartition, from: from, maxRecords: 10, maxBytes: 1 << 20, waitMax: .zero)
                guard batch.next > from else { continue }
                let selection = listener.selection
                let wanted = batch.records.filter { (try? $0.record.cloudEvent()).map(selection.matches) ?? false }
                _ = try await self.append(wanted.map { ProducerRecord(topic: route.target, record: $0.record) })
                next[topicPartition] = CommittedOffset(offset: batch.next)
                try await self.commit([
                    GroupCommit(
                        group: route.group, topicPartition: topicPartition,
                        committed: CommittedOffset(offset: batch.next))
                ])
                listener.carried(read: batch.records.count, carried: wanted.count, invalid: 0)
            }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }
}
