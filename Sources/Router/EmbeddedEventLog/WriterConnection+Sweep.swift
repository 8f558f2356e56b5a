import SQLiteFiles

/// The steps of a sweep: each a small transaction of its own, true where nothing is left to do.
extension WriterConnection {
    /// Bytes of a row, as limits count them.
    static let rowBytes = "length(headers) + ifnull(length(key), 0) + ifnull(length(value), 0)"

    func moveStart(of id: Int, to start: Int64) throws {
        // The end is written beside it: an emptied table no longer tells it.
        let update = try self.statement(
            """
            UPDATE topic_partition SET start_offset = max(start_offset, ?2), end_offset_min = max(end_offset_min, ?3)
            WHERE id = ?1
            """)
        update.bind(Int64(id), start, self.end(of: id))
        try update.run()
    }

    /// Takes away records before the start of a partition, which nobody can read any more.
    func deleteRecords(of id: Int, before start: Int64, rowsMax: Int) throws -> Bool {
        let table = LogSchema.recordsTable(id)
        let select = try self.statement("SELECT offset FROM \(table) WHERE offset < ? ORDER BY offset LIMIT 1 OFFSET ?")
        select.bind(start, Int64(rowsMax - 1))
        let last = try select.step() ? select.integer(0) : nil
        select.reset()
        let delete = try self.statement("DELETE FROM \(table) WHERE offset < ?")
        delete.bind(last.map { $0 + 1 } ?? start, at: 1)
        try delete.run()
        if last != nil { return false }
        let chunks = try self.statement("DELETE FROM chunk WHERE partition_id = ? AND number < ?")
        chunks.bind(Int64(id), start >> LogSchema.chunkShift)
        try chunks.run()
        return true
    }

    /// Takes away records whose key has a later record, for the next `rowsMax` records that were not compacted yet.
    func deleteSuperseded(of id: Int, before end: Int64, rowsMax: Int) throws -> Bool {
        let table = LogSchema.recordsTable(id)
        let from = try self.compactedThrough(of: id)
        guard from < end else { return true }
        // Only up to a known offset, so that every key below it is compacted when this is committed.
        let select = try self.statement(
            "SELECT offset FROM \(table) WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT 1 OFFSET ?")
        select.bind(from, end, Int64(rowsMax))
        let past = try select.step() ? select.integer(0) : end
        select.reset()
        try self.delete(
            """
            DELETE FROM \(table) WHERE offset IN (
                SELECT older.offset FROM \(table) AS newer CROSS JOIN \(table) AS older
                    ON older.key = newer.key AND older.offset < newer.offset
                WHERE newer.offset >= ?1 AND newer.offset < ?2)
            RETURNING offset, \(Self.rowBytes)
            """, of: id, from, past)
        let update = try self.statement(
            """
            UPDATE topic_partition SET compacted_through = max(compacted_through, ?2),
                end_offset_min = max(end_offset_min, ?3)
            WHERE id = ?1
            """)
        update.bind(Int64(id), past, self.end(of: id))
        try update.run()
        return past == end
    }

    /// Takes away tombstones that are old. Their older records are gone: only the compacted part is looked at.
    func deleteTombstones(of id: Int, olderThan oldest: Int64, rowsMax: Int) throws -> Bool {
        let table = LogSchema.recordsTable(id)
        let count = try self.delete(
            """
            DELETE FROM \(table) WHERE offset IN (
                SELECT offset FROM \(table) WHERE value IS NULL AND timestamp < ?1 AND offset < ?2 LIMIT ?3)
            RETURNING offset, \(Self.rowBytes)
            """, of: id, oldest, try self.compactedThrough(of: id), Int64(rowsMax))
        return count < rowsMax
    }

    private func compactedThrough(of id: Int) throws -> Int64 {
        let select = try self.statement("SELECT compacted_through FROM topic_partition WHERE id = ?")
        select.bind(Int64(id), at: 1)
        defer { select.reset() }
        return try select.step() ? select.integer(0) : 0
    }

    /// Runs a deletion that returns offset and bytes of each row, and takes the rows out of their chunks' sums.
    @discardableResult
    private func delete(_ sql: String, of id: Int, _ parameters: Int64...) throws -> Int {
        let delete = try self.statement(sql)
        for (index, value) in parameters.enumerated() { delete.bind(value, at: Int32(index + 1)) }
        var sums: [Int64: (records: Int64, bytes: Int64)] = [:]
        var count = 0
        while try delete.step() {
            let sum = sums[delete.integer(0) >> LogSchema.chunkShift] ?? (0, 0)
            sums[delete.integer(0) >> LogSchema.chunkShift] = (sum.records + 1, sum.bytes + delete.integer(1))
            count += 1
        }
        guard count > 0 else { return 0 }
        let subtract = try self.statement(
            "UPDATE chunk SET records = records - ?3, bytes = bytes - ?4 WHERE partition_id = ?1 AND number = ?2")
        for (number, sum) in sums {
            subtract.bind(Int64(id), number, sum.records, sum.bytes)
            try subtract.run()
        }
        self.forgetOpenChunk(of: id)
        return count
    }
}
