import EventLog

/// What survives a crash: records and committed offsets.
struct SimulatedLog: Sendable {
    var records: [TopicPartition: [SimulatedRecord]] = [:]
    var starts: [TopicPartition: Int64] = [:]
    var committed: [ConsumerGroup: [TopicPartition: CommittedOffset]] = [:]

    func end(_ topicPartition: TopicPartition) -> Int64 { Int64(self.records[topicPartition]?.count ?? 0) }
    func start(_ topicPartition: TopicPartition) -> Int64 { self.starts[topicPartition] ?? 0 }

    mutating func append(_ topicPartition: TopicPartition, key: Int, kind: Int) {
        let offset = Offset(self.end(topicPartition))
        self.records[topicPartition, default: []].append(
            SimulatedRecord(position: Position(topicPartition, offset), key: key, kind: kind))
    }

    /// Records from an offset on; nil where it lies before the start.
    func read(_ topicPartition: TopicPartition, from: Int64, max: Int) -> ArraySlice<SimulatedRecord>? {
        guard from >= self.start(topicPartition) else { return nil }
        let all = self.records[topicPartition] ?? []
        guard from < all.count else { return [] }
        return all[Int(from)..<min(all.count, Int(from) + max)]
    }

    mutating func commit(_ commit: GroupCommit) {
        self.committed[commit.group, default: [:]][commit.topicPartition] = commit.committed
    }
}
