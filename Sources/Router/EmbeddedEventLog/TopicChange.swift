import EventLog
import SQLiteFiles

/// What has to be written so that a topic is as specified.
struct TopicChange: Sendable {
    let specification: TopicSpecification
    let newPartitions: [LogTable.PartitionEntry]
    private let isNew: Bool
    private let isRetentionChanged: Bool

    var isNothing: Bool { !self.isNew && !self.isRetentionChanged && self.newPartitions.isEmpty }

    /// - Throws: `conflict` where the topic has more partitions, or another compaction.
    init(_ specification: TopicSpecification, in table: LogTable) throws(EventLogError) {
        let present = table.topics[specification.topic]
        if let present {
            guard present.specification.isCompacted == specification.isCompacted else {
                throw EventLogError(
                    .conflict,
                    "topic '\(specification.topic)' is \(present.specification.isCompacted ? "" : "not ")compacted: "
                        + "a topic keeps its policy, choose another name")
            }
            guard present.partitionIDs.count <= specification.partitions else {
                throw EventLogError(
                    .conflict,
                    "topic '\(specification.topic)' has \(present.partitionIDs.count) partitions, more than "
                        + "\(specification.partitions): partitions cannot be taken away")
            }
        }
        let numbers = (present?.partitionIDs.count ?? 0)..<specification.partitions
        self.specification = specification
        self.newPartitions = numbers.map { number in
            LogTable.PartitionEntry(
                id: table.partitions.count + number - numbers.lowerBound,
                topicPartition: TopicPartition(specification.topic, Partition(Int32(number))), start: 0, end: 0)
        }
        self.isNew = present == nil
        self.isRetentionChanged =
            present.map {
                $0.specification.retentionAge != specification.retentionAge
                    || $0.specification.retentionBytesMax != specification.retentionBytesMax
            } ?? false
    }

    func write(_ connection: WriterConnection) throws {
        let sql =
            self.isNew
            ? """
            INSERT INTO topic (name, compacted, retention_age_milliseconds, retention_bytes_max)
            VALUES (?1, ?2, ?3, ?4)
            """
            : "UPDATE topic SET retention_age_milliseconds = ?3, retention_bytes_max = ?4 WHERE name = ?1"
        let topic = try connection.statement(sql)
        topic.bind(self.specification.topic.name, at: 1)
        if self.isNew { topic.bind(self.specification.isCompacted ? 1 : 0, at: 2) }
        topic.bind(self.specification.retentionAge?.milliseconds, at: 3)
        topic.bind(self.specification.retentionBytesMax, at: 4)
        try topic.run()
        for partition in self.newPartitions {
            let insert = try connection.statement(
                """
                INSERT INTO topic_partition (id, topic_id, number)
                SELECT ?1, id, ?2 FROM topic WHERE name = ?3
                """)
            insert.bind(Int64(partition.id), Int64(partition.topicPartition.partition.value))
            insert.bind(self.specification.topic.name, at: 3)
            try insert.run()
            let isCompacted = self.specification.isCompacted
            for sql in LogSchema.createRecordsTable(partition.id, isCompacted: isCompacted) {
                try PreparedStatement(connection.handle, sql).run()
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds, towards zero.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds.multipliedReportingOverflow(by: 1_000).overflow
            ? Int64.max : seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
