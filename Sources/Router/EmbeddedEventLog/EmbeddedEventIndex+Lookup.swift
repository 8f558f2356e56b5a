import EventIndexProjection
import EventLog
import SQLiteFiles

extension EmbeddedEventIndex {
    /// Finds records; see ``EventIndex/positions(header:value:tenant:in:limit:)``. Costs one seek for each 16,384
    /// offsets of the ranges, one read for each hit, and the headers of what is not indexed yet; in steps of some
    /// thousand, so that searches take turns.
    /// - Throws: also `closed`.
    public func positions(
        header name: String, value: String, tenant: String, in ranges: [TopicPartition: Range<Offset>], limit: Int
    ) async throws(EventLogError) -> [Position] {
        let probe = IndexProbe(name: name, value: value, tenant: tenant)
        guard let file = self.file else { return try await self.scan(probe, ranges, limit) }
        do throws(EventLogError) {
            return try await self.search(probe, file, ranges, limit)
        } catch {
            guard !Task.isCancelled else { throw error }
            let found = try await self.scan(probe, ranges, limit)
            // Had the log been at fault, the scan would have found out.
            if IndexFault(error) != nil { file.isDamaged = true }
            return found
        }
    }

    private func search(
        _ probe: IndexProbe, _ file: IndexFile, _ ranges: [TopicPartition: Range<Offset>], _ limit: Int
    ) async throws(EventLogError) -> [Position] {
        // Before the first step: what it says to be there is there in whatever the steps see.
        let progress = file.progress
        let hash = file.headers.hash(of: probe)
        let lookup = try self.table.withLock { (table) throws(EventLogError) in
            try IndexLookup(probe, hash: hash, in: ranges, limit: limit, table: table, progress: progress)
        }
        return try await self.run(lookup, on: file.reader)
    }

    /// Finds the same without the index.
    private func scan(
        _ probe: IndexProbe, _ ranges: [TopicPartition: Range<Offset>], _ limit: Int
    ) async throws(EventLogError) -> [Position] {
        let lookup = try self.table.withLock { (table) throws(EventLogError) in
            try IndexLookup(probe, hash: nil, in: ranges, limit: limit, table: table, progress: [:])
        }
        return try await self.run(lookup, on: self.source)
    }

    private func run(_ lookup: IndexLookup, on reader: LogReader) async throws(EventLogError) -> [Position] {
        var lookup = lookup
        var isDone = false
        while !isDone {
            guard !Task.isCancelled else { throw EventLogError(.unavailable, "the search was cancelled") }
            let current = lookup
            (lookup, isDone) = try await reader.read { reader, connection in
                // One view of both files for the whole step, and one lock instead of one for each statement. Nothing is
                // written, so it can end the way that never fails.
                try reader.statement(connection, "BEGIN").run()
                defer { try? reader.statement(connection, "ROLLBACK").run() }
                var lookup = current
                let isDone = try lookup.advance(reader, connection)
                return (lookup, isDone)
            }
        }
        return lookup.positions
    }
}
