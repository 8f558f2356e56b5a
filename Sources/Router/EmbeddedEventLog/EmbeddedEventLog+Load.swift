import EventLog
import GRDB

extension EmbeddedEventLog {
    /// Reads topics and the bounds of their partitions, and makes the writer's connection.
    static func load(_ database: Database, into table: SharedLogTable) throws -> WriterConnection {
        guard let handle = database.sqliteConnection else { throw EventLogError.logClosed }
        let connection = try WriterConnection(handle)
        var entries: [Int64: [LogTable.PartitionEntry]] = [:]
        let topics = try Row.fetchAll(database, sql: "SELECT * FROM topic ORDER BY id")
        let names = Dictionary(uniqueKeysWithValues: topics.map { ($0["id"] as Int64, $0["name"] as String) })
        // Ids count from 0 without a gap, over all topics, in the order in which partitions were made.
        let partitions = try Row.fetchAll(database, sql: "SELECT * FROM topic_partition ORDER BY id")
        for (id, row) in partitions.enumerated() {
            guard row["id"] as Int64 == Int64(id), let name = names[row["topic_id"]] else {
                throw EventLogError(
                    .corruptRecord, "the list of partitions in the log is damaged: restore it from a copy")
            }
            let last = try Int64.fetchOne(database, sql: "SELECT max(offset) FROM \(LogSchema.recordsTable(id))")
            let end = max(row["end_offset_min"] as Int64, last.map { $0 + 1 } ?? 0)
            connection.addPartition(end: end)
            entries[row["topic_id"], default: []].append(
                LogTable.PartitionEntry(
                    id: id, topicPartition: TopicPartition(Topic(name), Partition(row["number"])),
                    start: row["start_offset"], end: end))
        }
        let loaded = topics.map { row in
            (Self.specification(row, partitions: entries[row["id"]]?.count ?? 0), entries[row["id"]] ?? [])
        }
        table.withLock { table in
            for (specification, partitions) in loaded { table.put(specification, newPartitions: partitions) }
        }
        return connection
    }

    private static func specification(_ row: Row, partitions: Int) -> TopicSpecification {
        TopicSpecification(
            topic: Topic(row["name"]), partitions: partitions, isCompacted: row["compacted"],
            retentionAge: (row["retention_age_milliseconds"] as Int64?).map { .milliseconds($0) },
            retentionBytesMax: row["retention_bytes_max"])
    }
}
