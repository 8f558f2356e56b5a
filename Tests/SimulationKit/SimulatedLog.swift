import EventLog
import Subscriptions

/// What survives a crash: records and committed offsets. Partitions are named by their index: 0 is the one of redriven
/// records.
struct SimulatedLog: Sendable {
    static let redrives = 0
    private static let eventTopic = Topic("events")
    private static let redriveTopic = Topic("redrives")

    private(set) var partitions: [TopicPartition] = [TopicPartition(Self.redriveTopic, Partition(0))]
    private(set) var records: [[SimulatedRecord]] = [[]]
    /// Offsets of each ordering key, ascending.
    private(set) var offsetsByKey: [[[Int64]]] = [Array(repeating: [], count: Self.keyCount)]
    var starts: [Int64] = [0]
    private(set) var committed: [ConsumerGroup: [TopicPartition: CommittedOffset]] = [:]

    static let keyCount = 5

    mutating func addPartition() {
        self.partitions.append(TopicPartition(Self.eventTopic, Partition(Int32(self.partitions.count - 1))))
        self.records.append([])
        self.offsetsByKey.append(Array(repeating: [], count: Self.keyCount))
        self.starts.append(0)
    }

    func index(of topicPartition: TopicPartition) -> Int {
        topicPartition.topic == Self.redriveTopic ? Self.redrives : Int(topicPartition.partition.value) + 1
    }

    func end(_ partition: Int) -> Int64 { Int64(self.records[partition].count) }

    mutating func append(_ partition: Int, key: Int, kind: Int, target: SubscriptionID? = nil, dataBytes: Int) {
        let offset = self.end(partition)
        self.offsetsByKey[partition][key].append(offset)
        self.records[partition].append(
            SimulatedRecord(
                position: Position(self.partitions[partition], Offset(offset)), key: key, kind: kind, target: target,
                dataBytes: dataBytes))
    }

    /// Records from an offset on, at least one where there is one; nil where the offset lies before the start.
    func read(_ partition: Int, from: Int64, recordsMax: Int, bytesMax: Int) -> ArraySlice<SimulatedRecord>? {
        guard from >= self.starts[partition] else { return nil }
        let all = self.records[partition]
        guard from < all.count else { return [] }
        var end = Int(from) + 1
        var bytes = all[Int(from)].bytes
        while end < all.count, end - Int(from) < recordsMax, bytes + all[end].bytes <= bytesMax {
            bytes += all[end].bytes
            end += 1
        }
        return all[Int(from)..<end]
    }

    mutating func commit(_ commit: GroupCommit) {
        self.committed[commit.group, default: [:]][commit.topicPartition] = commit.committed
    }

    mutating func deleteGroup(_ group: ConsumerGroup) { self.committed[group] = nil }
}
