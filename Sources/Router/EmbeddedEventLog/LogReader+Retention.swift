import SQLiteFiles

extension LogReader {
    /// The first offset of `[from, end)` from which on the records have at most `bytesMax` bytes together.
    func firstOffset(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, keepingBytes bytesMax: Int64
    ) throws -> Int64 {
        var kept: Int64 = 0
        // The last chunk may still grow and the first may have lost records: these two are read, the rest is known.
        let lastChunk = max(from, end - 1) >> LogSchema.chunkShift
        let lastStart = max(from, lastChunk << LogSchema.chunkShift)
        if let cut = try self.cut(connection, partitionID, from: lastStart, end: end, bytesMax, kept: &kept) {
            return cut
        }
        let chunks = try self.statement(
            connection,
            """
            SELECT number, bytes FROM chunk WHERE partition_id = ? AND number > ? AND number < ? ORDER BY number DESC
            """)
        let firstChunk = from >> LogSchema.chunkShift
        chunks.bind(Int64(partitionID), firstChunk, lastChunk)
        defer { chunks.reset() }
        while try chunks.step() {
            let (number, bytes) = (chunks.integer(0), chunks.integer(1))
            if kept + bytes <= bytesMax {
                kept += bytes
                continue
            }
            let (first, past) = (number << LogSchema.chunkShift, (number + 1) << LogSchema.chunkShift)
            if let cut = try self.cut(connection, partitionID, from: first, end: past, bytesMax, kept: &kept) {
                return cut
            }
        }
        guard firstChunk < lastChunk else { return from }
        let past = (firstChunk + 1) << LogSchema.chunkShift
        return try self.cut(connection, partitionID, from: from, end: past, bytesMax, kept: &kept) ?? from
    }

    /// Adds up the records of `[from, end)` from the last one back; the offset past the first that is too much.
    private func cut(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, _ bytesMax: Int64, kept: inout Int64
    ) throws -> Int64? {
        let select = try self.statement(
            connection,
            """
            SELECT offset, \(WriterConnection.rowBytes) FROM \(LogSchema.recordsTable(partitionID))
            WHERE offset >= ? AND offset < ? ORDER BY offset DESC
            """)
        select.bind(from, end)
        defer { select.reset() }
        var first = end
        while try select.step() {
            guard kept + select.integer(1) <= bytesMax else { return first }
            kept += select.integer(1)
            first = select.integer(0)
        }
        return nil
    }
}
