import SQLiteFiles

extension LogReader {
    /// The first offset of `[from, end)` whose record has this timestamp or a later one.
    func firstOffset(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, at timestamp: Int64
    ) throws -> Int64? {
        let chunks = try self.statement(
            connection,
            """
            SELECT number FROM chunk WHERE partition_id = ? AND number >= ? AND number < ? AND timestamp_max >= ?
            ORDER BY number
            """)
        // The last chunk may still grow: it is read itself.
        let lastChunk = max(from, end - 1) >> LogSchema.chunkShift
        chunks.bind(Int64(partitionID), from >> LogSchema.chunkShift, lastChunk, timestamp)
        defer { chunks.reset() }
        while try chunks.step() {
            let number = chunks.integer(0)
            let (first, past) = (number << LogSchema.chunkShift, (number + 1) << LogSchema.chunkShift)
            // A chunk may have lost the record that made its maximum, to retention or compaction: go on then.
            let found = try self.scan(
                connection, partitionID, from: max(from, first), end: min(end, past), at: timestamp)
            if let found { return found }
        }
        return try self.scan(
            connection, partitionID, from: max(from, lastChunk << LogSchema.chunkShift), end: end, at: timestamp)
    }

    private func scan(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, at timestamp: Int64
    ) throws -> Int64? {
        let select = try self.statement(
            connection,
            """
            SELECT offset FROM \(LogSchema.recordsTable(partitionID))
            WHERE offset >= ? AND offset < ? AND timestamp >= ? ORDER BY offset LIMIT 1
            """)
        select.bind(from, end, timestamp)
        defer { select.reset() }
        return try select.step() ? select.integer(0) : nil
    }
}
