import EventLog

/// What the log holds, in memory: topics, the bounds of partitions, and who waits for appends.
///
/// The bounds are what readers may rely on: `end` moves after its records are durable, `start` before its records go.
struct LogTable: Sendable {
    struct PartitionEntry: Sendable {
        let id: Int
        let topicPartition: TopicPartition
        var start: Int64
        var end: Int64
        var waiters: [FetchWaiter] = []
        var isCompacted = false

        var bounds: OffsetBounds { OffsetBounds(start: Offset(self.start), end: Offset(self.end)) }
    }

    struct TopicEntry: Sendable {
        var specification: TopicSpecification
        /// Indexes into `partitions`, by partition number.
        var partitionIDs: [Int]
        /// Counts calls, to spread records without a key.
        var spread: Int = 0
    }

    /// How the records of one call find their partitions.
    struct Route: Sendable {
        var topic: Topic
        var partitionIDs: [Int]
        var isCompacted: Bool
        /// Where records of this call without key and partition go.
        var keyless: Partition
    }

    private(set) var topics: [Topic: TopicEntry] = [:]
    /// By partition id: ids count from 0 over all topics.
    private(set) var partitions: [PartitionEntry] = []
    private(set) var isClosed = false
    private(set) var recent: RecentRecords

    init(recentBytesMax: Int) {
        self.recent = RecentRecords(bytesMax: recentBytesMax)
    }

    /// Puts in a topic, or what changed of it, with its new partitions.
    mutating func put(_ specification: TopicSpecification, newPartitions: [PartitionEntry]) {
        var entry = self.topics[specification.topic] ?? TopicEntry(specification: specification, partitionIDs: [])
        entry.specification = specification
        for var partition in newPartitions {
            partition.isCompacted = specification.isCompacted
            entry.partitionIDs.append(partition.id)
            self.place(partition)
        }
        self.topics[specification.topic] = entry
    }

    private mutating func place(_ partition: PartitionEntry) {
        // While the log is loaded, topic by topic, ids come out of order; a place holder is overwritten.
        while self.partitions.count <= partition.id { self.partitions.append(partition) }
        self.partitions[partition.id] = partition
    }

    mutating func route(_ topic: Topic) throws(EventLogError) -> Route {
        guard let entry = self.topics[topic] else { throw Self.unknown(topic) }
        let keyless = Partition(Int32(entry.spread % entry.partitionIDs.count))
        self.topics[topic]?.spread = (entry.spread &+ 1) & Int(Int32.max)
        return Route(
            topic: topic, partitionIDs: entry.partitionIDs, isCompacted: entry.specification.isCompacted,
            keyless: keyless)
    }

    /// - Throws: `unknownTopic`, `unknownPartition`, `closed`.
    func partitionID(_ topicPartition: TopicPartition) throws(EventLogError) -> Int {
        guard !self.isClosed else { throw .logClosed }
        guard let entry = self.topics[topicPartition.topic] else { throw Self.unknown(topicPartition.topic) }
        let number = Int(topicPartition.partition.value)
        guard entry.partitionIDs.indices.contains(number) else {
            throw EventLogError(unknown: topicPartition, partitions: entry.partitionIDs.count)
        }
        return entry.partitionIDs[number]
    }

    /// Keeps the records of one append at hand. To be called before the ends move on. A compacted partition is read
    /// from the file, where compaction has been at work.
    mutating func remember(_ records: [ProducerRecord], offsets: [Int64], in ids: [Int]) {
        guard let first = ids.first, !self.partitions[first].isCompacted else { return }
        guard ids.allSatisfy({ !self.partitions[$0].isCompacted }) else { return }
        self.recent.append(records, offsets: offsets, to: ids)
    }

    /// Moves the ends of partitions on, and hands out who waited for it.
    mutating func advanceEnds(_ ends: [(id: Int, end: Int64)]) -> [FetchWaiter] {
        var woken: [FetchWaiter] = []
        for (id, end) in ends {
            self.partitions[id].end = end
            if !self.partitions[id].waiters.isEmpty {
                woken += self.partitions[id].waiters
                self.partitions[id].waiters.removeAll(keepingCapacity: true)
            }
        }
        return woken
    }

    mutating func advanceStart(_ id: Int, to start: Int64) {
        self.partitions[id].start = max(self.partitions[id].start, start)
    }

    /// Registers a waiter unless there is something past `offset` already.
    mutating func register(_ id: Int, past offset: Int64, _ waiter: FetchWaiter) -> Bool {
        guard !self.isClosed, self.partitions[id].end <= offset else { return false }
        self.partitions[id].waiters.append(waiter)
        return true
    }

    mutating func forget(_ id: Int, _ waiter: FetchWaiter) {
        self.partitions[id].waiters.removeAll { $0 === waiter }
    }

    /// No call succeeds from now on. Hands out everyone who waits.
    mutating func close() -> [FetchWaiter] {
        self.isClosed = true
        var woken: [FetchWaiter] = []
        for id in self.partitions.indices {
            woken += self.partitions[id].waiters
            self.partitions[id].waiters = []
        }
        return woken
    }

    static func unknown(_ topic: Topic) -> EventLogError {
        EventLogError(.unknownTopic, "there is no topic '\(topic)': create it first")
    }
}
