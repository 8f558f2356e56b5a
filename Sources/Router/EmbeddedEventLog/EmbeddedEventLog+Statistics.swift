import EventLog

extension EmbeddedEventLog {
    /// What waits and what was done, at one moment.
    public var statistics: EmbeddedEventLogStatistics {
        let (load, done) = self.writer.snapshot
        return EmbeddedEventLogStatistics(
            queuedRecords: load.records, queuedBytes: load.bytes, appendedRecords: done.appendedRecords,
            appendedBytes: done.appendedBytes, transactions: done.transactions,
            failedTransactions: done.failedTransactions)
    }

    /// The end of every partition, in the order of topics and partitions.
    public var endOffsets: [(topicPartition: TopicPartition, end: Offset)] {
        self.table.withLock { table in
            table.partitions.map { (topicPartition: $0.topicPartition, end: Offset($0.end)) }
        }.sorted { $0.topicPartition < $1.topicPartition }
    }
}
