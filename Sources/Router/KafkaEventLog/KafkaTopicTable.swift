import CRdKafka
import EventLog
import Synchronization

/// What is known of topics without asking: partitions, whether a record needs a key, and the ends that were seen.
final class KafkaTopicTable: Sendable {
    /// What a topic is, as far as appending and reading care.
    struct Entry: Sendable {
        var partitions: Int
        var isCompacted: Bool
        /// The topic's `max.message.bytes`; nil where the brokers do not say.
        var recordBytesMax: Int?
        /// Where the next record without a key goes.
        var spread: Int32 = 0
    }

    private struct State {
        var entries: [Topic: Entry] = [:]
        var ends: [TopicPartition: Int64] = [:]
    }

    private let state = Mutex(State())

    func entry(_ topic: Topic) -> Entry? { self.state.withLock { $0.entries[topic] } }

    /// - Parameter recordBytesMax: nil leaves what was known.
    func put(_ topic: Topic, partitions: Int, isCompacted: Bool, recordBytesMax: Int? = nil) {
        self.state.withLock { state in
            let known = state.entries[topic]
            state.entries[topic] = Entry(
                partitions: partitions, isCompacted: isCompacted,
                recordBytesMax: recordBytesMax ?? known?.recordBytesMax, spread: known?.spread ?? 0)
        }
    }

    func remove(_ topic: Topic) {
        self.state.withLock { state in
            state.entries[topic] = nil
            state.ends = state.ends.filter { $0.key.topic != topic }
        }
    }

    /// The partition for the records without a key of one call: all go to one, another one with each call.
    func nextPartition(of topic: Topic) -> Partition {
        self.state.withLock { state in
            guard let entry = state.entries[topic], entry.partitions > 0 else { return Partition(0) }
            state.entries[topic]?.spread = (entry.spread + 1) % Int32(entry.partitions)
            return Partition(entry.spread)
        }
    }

    /// The end of a partition is at or past this offset.
    func noteEnd(_ topicPartition: TopicPartition, _ end: Int64) {
        self.state.withLock { state in
            if end > state.ends[topicPartition] ?? -1 { state.ends[topicPartition] = end }
        }
    }

    func noteEnds(_ ends: [TopicPartition: Int64]) {
        self.state.withLock { state in
            for (topicPartition, end) in ends where end > state.ends[topicPartition] ?? -1 {
                state.ends[topicPartition] = end
            }
        }
    }

    /// What was asked of the brokers just now: the truth, also where it is less (the topic was made anew).
    func setEnd(_ topicPartition: TopicPartition, _ end: Int64) {
        self.state.withLock { $0.ends[topicPartition] = end }
    }

    /// The last end that was seen; 0 where none was.
    func end(of topicPartition: TopicPartition) -> Int64 { self.state.withLock { $0.ends[topicPartition] ?? 0 } }

    /// All of them.
    var ends: [(topicPartition: TopicPartition, end: Offset)] {
        self.state.withLock { state in
            state.ends.map { (topicPartition: $0.key, end: Offset($0.value)) }
        }.sorted { $0.topicPartition < $1.topicPartition }
    }
}
