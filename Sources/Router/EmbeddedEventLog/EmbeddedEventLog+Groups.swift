import EventLog
import SQLiteFiles

extension EmbeddedEventLog {
    /// Stores positions durably, all of one call together; see ``EventLogGroups/commit(_:)``. Shares the transaction of
    /// the appends around it.
    /// - Throws: ``EventLogError`` `unknownTopic`; `unknownPartition`; `tooLarge` for a metadata text over
    ///   `metadataBytesMax`; `overloaded`; `unavailable`; `closed`.
    public func commit(_ commits: [GroupCommit]) async throws(EventLogError) {
        guard !commits.isEmpty else { return }
        var load = QueueLoad(records: commits.count)
        for commit in commits {
            let size = commit.committed.metadata.utf8.count
            guard size <= self.configuration.metadataBytesMax else {
                throw EventLogError(
                    .tooLarge,
                    "the metadata of group '\(commit.group)' has \(size) bytes, the log takes "
                        + "\(self.configuration.metadataBytesMax)")
            }
            load.bytes += size + commit.group.name.utf8.count
        }
        let ids = try self.table.withLock { (table) throws(EventLogError) in
            var ids: [Int] = []
            ids.reserveCapacity(commits.count)
            for commit in commits { ids.append(try table.partitionID(commit.topicPartition)) }
            return ids
        }
        try await self.writer.perform(.shared(load)) { connection in
            let upsert = try connection.statement("INSERT OR REPLACE INTO group_offset VALUES (?, ?, ?, ?)")
            for (commit, id) in zip(commits, ids) {
                upsert.bind(commit.group.name, at: 1)
                upsert.bind(Int64(id), at: 2)
                upsert.bind(commit.committed.offset.value, at: 3)
                upsert.bind(commit.committed.metadata, at: 4)
                try upsert.run()
            }
        }
    }

    /// All positions of the groups whose names start with `prefix`; see
    /// ``EventLogGroups/committed(groupsWithPrefix:)``.
    public func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        guard !self.table.withLock({ $0.isClosed }) else { throw .logClosed }
        let rows = try await self.readers.read { reader, connection in
            let select = try reader.statement(
                connection,
                "SELECT name, partition_id, offset, metadata FROM group_offset WHERE name >= ? ORDER BY name")
            select.bind(prefix, at: 1)
            defer { select.reset() }
            var rows: [(group: ConsumerGroup, id: Int, committed: CommittedOffset)] = []
            while try select.step() {
                let name = select.text(0)
                // Names are ordered by their bytes: the first without the prefix ends them.
                guard name.utf8.starts(with: prefix.utf8) else { break }
                rows.append(
                    (
                        ConsumerGroup(name), Int(select.integer(1)),
                        CommittedOffset(offset: Offset(select.integer(2)), metadata: select.text(3))
                    ))
            }
            return rows
        }
        return self.table.withLock { table in
            var found: [ConsumerGroup: [TopicPartition: CommittedOffset]] = [:]
            for row in rows where table.partitions.indices.contains(row.id) {
                found[row.group, default: [:]][table.partitions[row.id].topicPartition] = row.committed
            }
            return found
        }
    }

    /// Forgets a group; see ``EventLogGroups/deleteGroup(_:)``.
    public func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) {
        try await self.writer.perform(.shared(QueueLoad(records: 1))) { connection in
            let delete = try connection.statement("DELETE FROM group_offset WHERE name = ?")
            delete.bind(group.name, at: 1)
            try delete.run()
        }
    }
}
