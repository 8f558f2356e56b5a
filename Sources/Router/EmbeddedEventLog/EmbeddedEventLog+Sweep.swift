import EventLog
import SQLiteFiles

extension EmbeddedEventLog {
    /// Applies retention and compaction to all topics as of `now`. `run()` does this at an interval; tests call it.
    ///
    /// Works in transactions of `sweepRowsMax` rows, one between two transactions of callers, so that appends go on.
    /// Retention moves a partition's start first, which readers see at once, and takes the records away after; a crash
    /// in between is made up for by the next sweep. The pages of what went are used again by later appends.
    /// - Throws: ``EventLogError`` `unavailable`, `corruptRecord`, `closed`; what was swept before stays swept.
    public func sweep(now: Timestamp) async throws(EventLogError) {
        let work = self.table.withLock { table in
            table.topics.values.sorted { $0.specification.topic < $1.specification.topic }.map {
                (specification: $0.specification, ids: $0.partitionIDs)
            }
        }
        for (specification, ids) in work {
            for id in ids {
                try await self.retain(specification, id, now: now)
                if specification.isCompacted { try await self.compact(id, now: now) }
            }
        }
    }

    private func retain(
        _ specification: TopicSpecification, _ id: Int, now: Timestamp
    ) async throws(EventLogError) {
        let bounds = self.table.withLock { $0.partitions[id].bounds }
        let (start, end) = (bounds.start.value, bounds.end.value)
        let oldest = specification.retentionAge.map { now.milliseconds.subtractingClamped($0.milliseconds) }
        let bytesMax = specification.retentionBytesMax
        if start < end, oldest != nil || bytesMax != nil {
            let cut = try await self.scanner.read { reader, connection in
                var cut = start
                if let oldest {
                    cut = try reader.firstOffset(connection, id, from: cut, end: end, at: oldest) ?? end
                }
                if let bytesMax {
                    cut = try reader.firstOffset(connection, id, from: cut, end: end, keepingBytes: bytesMax)
                }
                return cut
            }
            if cut > start { try await self.moveStart(of: id, to: cut) }
        }
        try await self.deleteBeforeStart(id)
    }

    private func moveStart(of id: Int, to start: Int64) async throws(EventLogError) {
        let table = self.table
        try await self.writer.perform(
            .maintenance, onCommit: { _, _ in table.withLock { $0.advanceStart(id, to: start) } }
        ) { connection in
            try connection.moveStart(of: id, to: start)
        }
    }

    private func deleteBeforeStart(_ id: Int) async throws(EventLogError) {
        let start = self.table.withLock { $0.partitions[id].start }
        guard start > 0 else { return }
        let rowsMax = self.configuration.sweepRowsMax
        let first = try await self.scanner.read { reader, connection in
            let select = try reader.statement(
                connection, "SELECT min(offset) FROM \(LogSchema.recordsTable(id))")
            defer { select.reset() }
            return try select.step() && !select.isNull(0) ? select.integer(0) : nil
        }
        guard let first, first < start else { return }
        var isDone = false
        while !isDone {
            isDone = try await self.writer.perform(.maintenance) { connection in
                try connection.deleteRecords(of: id, before: start, rowsMax: rowsMax)
            }
        }
    }

    private func compact(_ id: Int, now: Timestamp) async throws(EventLogError) {
        let rowsMax = self.configuration.sweepRowsMax
        let end = self.table.withLock { $0.partitions[id].end }
        var isDone = false
        while !isDone {
            isDone = try await self.writer.perform(.maintenance) { connection in
                try connection.deleteSuperseded(of: id, before: end, rowsMax: rowsMax)
            }
        }
        let oldest = now.milliseconds.subtractingClamped(self.configuration.tombstoneRetention.milliseconds)
        isDone = false
        while !isDone {
            isDone = try await self.writer.perform(.maintenance) { connection in
                try connection.deleteTombstones(of: id, olderThan: oldest, rowsMax: rowsMax)
            }
        }
    }
}

extension Int64 {
    /// The difference, or the least value where there is none.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, isOverflow) = self.subtractingReportingOverflow(other)
        return isOverflow ? Int64.min : difference
    }
}
