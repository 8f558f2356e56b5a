import EventLog
import Synchronization

/// One replica's view of a log that several share: the records and positions are those of all, the partitions come and
/// go. Like a broker it stores the positions of a call one by one, and not those of the tails of others.
public final class ReplicaEventLog: EventLog {
    public let name: String
    public let coordinator: ReplicaCoordinator
    private let isDead = Mutex(false)

    public init(_ name: String, _ coordinator: ReplicaCoordinator) {
        self.name = name
        self.coordinator = coordinator
    }

    private var log: InMemoryEventLog { self.coordinator.log }

    /// The process is gone from one moment to the next: nothing of it reaches the log any more, and the others get its
    /// partitions.
    public func crash() {
        self.isDead.withLock { $0 = true }
        self.coordinator.expel(self.name)
    }

    private func live() throws(EventLogError) {
        if self.isDead.withLock({ $0 }) { throw EventLogError(.closed, "the replica has crashed") }
    }

    // MARK: EventLogMembership

    public var isShared: Bool { true }

    public func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {
        try self.live()
        let wanted = Set(topics)
        let partitions = try await self.log.topics().filter { wanted.contains($0.topic) }.flatMap { topic in
            (0..<topic.partitions).map { TopicPartition(topic.topic, Partition(Int32($0))) }
        }
        while !Task.isCancelled {
            var isLost = false
            for await word in self.coordinator.join(self.name, partitions) {
                switch word {
                case .assigned(let partitions): await listener.assigned(partitions)
                case .revoked(let partitions):
                    await listener.revoked(partitions)
                    self.coordinator.gaveBack(self.name, partitions)
                case .lost(let partitions):
                    isLost = true
                    await listener.lost(partitions)
                }
            }
            // Who was expelled comes back, who left does not.
            if !isLost || self.isDead.withLock({ $0 }) { return }
        }
    }

    public func leave() async {
        self.coordinator.leave(self.name)
        while self.coordinator.members.contains(self.name), !Task.isCancelled { await Task.yield() }
    }

    // MARK: EventLogWriter

    public var appendsAtomically: Bool { false }

    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        var positions: [Position] = []
        for record in records {
            try self.live()
            positions += try await self.log.append([record])
        }
        return positions
    }

    // MARK: EventLogReader

    public func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        try self.live()
        return try await self.log.fetch(
            topicPartition, from: offset, maxRecords: maxRecords, maxBytes: maxBytes, waitMax: waitMax)
    }

    public func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try self.live()
        return try await self.log.bounds(of: topicPartition)
    }

    public func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
    {
        try self.live()
        return try await self.log.offset(of: topicPartition, at: timestamp)
    }

    // MARK: EventLogGroups

    /// Positions of a group without members are anybody's; `portarium.tail` is fenced.
    public func commit(_ commits: [GroupCommit]) async throws(EventLogError) {
        var isFenced = false
        for commit in commits {
            try self.live()
            if commit.group.name == "portarium.tail", !self.coordinator.owns(self.name, commit.topicPartition) {
                isFenced = true
            } else {
                try await self.log.commit([commit])
            }
        }
        if isFenced { throw EventLogError(.unavailable, "a partition is another's") }
    }

    public func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        try self.live()
        return try await self.log.committed(groupsWithPrefix: prefix)
    }

    public func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) {
        try self.live()
        try await self.log.deleteGroup(group)
    }

    // MARK: EventLogAdministration

    public func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        try self.live()
        try await self.log.createTopic(specification)
    }

    public func topics() async throws(EventLogError) -> [TopicSpecification] { try await self.log.topics() }
}
