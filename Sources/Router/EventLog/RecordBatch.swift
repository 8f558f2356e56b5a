/// What one fetch gave: records of one partition in the order of their offsets.
public struct RecordBatch: Sendable {
    /// A record and its place.
    public struct Element: Sendable {
        public var offset: Offset
        public var record: LogRecord

        public init(offset: Offset, record: LogRecord) {
            self.offset = offset
            self.record = record
        }
    }

    public var topicPartition: TopicPartition
    public var records: [Element]
    /// Where the next fetch starts: past the last record, and past gaps that compaction left.
    public var next: Offset
    /// The end of the partition when it was read: the offset that the next append gets.
    public var end: Offset

    public init(topicPartition: TopicPartition, records: [Element], next: Offset, end: Offset) {
        self.topicPartition = topicPartition
        self.records = records
        self.next = next
        self.end = end
    }
}
