/// A record on its way in: where it shall lie, and what.
public struct ProducerRecord: Sendable {
    public var topic: Topic
    /// nil: chosen by ``Partitioner`` from the key; without a key the log spreads.
    public var partition: Partition?
    public var record: LogRecord

    public init(topic: Topic, partition: Partition? = nil, record: LogRecord) {
        self.topic = topic
        self.partition = partition
        self.record = record
    }
}
