import EventLog

/// What a log says of itself at one moment.
struct LogFigures: Sendable {
    /// Records that wait to be durable.
    var queuedRecords: Int
    /// Their bytes.
    var queuedBytes: Int
    /// The ends of the partitions that this process knows, in the order of topics and partitions.
    var endOffsets: [(topicPartition: TopicPartition, end: Offset)]
}
