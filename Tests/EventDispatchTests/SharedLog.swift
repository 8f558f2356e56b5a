import EventLog
import RouterTestKit
import Synchronization

/// A log in memory that says it is shared, appends record by record, and assigns nothing by itself.
final class SharedLog: EventLog {
    let base: InMemoryEventLog
    /// How many records go through before every further append fails; nil: all.
    private let recordsLeft = Mutex<Int?>(nil)

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
            positions += try await self.base.append([record])
        }
        return positions
    }

    func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        try await self.base.fetch(
            topicPartition, from: offset, maxRecords: maxRecords, maxBytes: maxBytes, waitMax: waitMax)
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
