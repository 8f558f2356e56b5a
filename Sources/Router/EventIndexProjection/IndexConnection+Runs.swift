import EventLog
import SQLiteFiles

/// How runs are kept in the tables; see ``ProjectionSchema``.
extension IndexConnection.Session {
    /// Runs that one look goes through at most, so that searches take turns.
    private static let runsMax = 256

    /// The number that the row inserted last got.
    func lastID() throws -> Int64 {
        let select = try self.statement("SELECT last_insert_rowid()")
        defer { select.reset() }
        return try select.step() ? select.integer(0) : 0
    }

    /// Writes what was read of one partition; false where something else was written, or the partition was forgotten.
    func write(_ stretch: IndexStep.Stretch) throws -> Bool {
        let update = try self.statement(
            """
            UPDATE progress SET next_offset = ?, last_offset = ?, last_fingerprint = ?
            WHERE id = ? AND next_offset = ? AND topic IS NOT NULL RETURNING id
            """)
        update.bind(stretch.next, at: 1)
        update.bind(stretch.last?.offset, at: 2)
        update.bind(stretch.last?.fingerprint, at: 3)
        update.bind(stretch.progressID, at: 4)
        update.bind(stretch.from, at: 5)
        let isWritten = try update.step()
        update.reset()
        guard isWritten else { return false }
        for run in stretch.runs { try self.add(run, to: stretch.progressID) }
        return true
    }

    /// Adds a run behind all others, together with small ones before it.
    private func add(_ run: IndexRun, to id: Int64) throws {
        var run = run
        let select = try self.statement(
            """
            SELECT id, first_offset, end_offset, entries FROM run WHERE progress_id = ?
            ORDER BY first_offset DESC LIMIT 1
            """)
        while true {
            select.bind(id, at: 1)
            guard try select.step() else { break }
            let (older, first, end) = (select.integer(0), select.integer(1), select.integer(2))
            let entries = Int(select.integer(3))
            select.reset()
            guard run.shallTake(entries: entries, first: first) else { break }
            run = run.merged(with: IndexRun(first: first, end: end, sorted: try self.entries(of: older, first: first)))
            try self.delete(older)
        }
        let insert = try self.statement(
            "INSERT INTO run (progress_id, first_offset, end_offset, entries, fences) VALUES (?, ?, ?, ?, ?)")
        insert.bind(id, run.first, run.end, Int64(run.entries.count))
        try run.fences.withUnsafeBytes { bytes in
            insert.bindUncopied(bytes, at: 5)
            try insert.run()
        }
        let first = try self.lastID() << ProjectionSchema.blockShift
        let block = try self.statement("INSERT INTO block VALUES (?, ?)")
        for (number, bytes) in run.blocks.enumerated() {
            try bytes.withUnsafeBytes { bytes in
                block.bind(first + Int64(number), at: 1)
                block.bindUncopied(bytes, at: 2)
                try block.run()
            }
        }
    }

    private func entries(of run: Int64, first: Int64) throws -> [IndexEntry] {
        let select = try self.statement("SELECT entries FROM block WHERE id >= ? AND id < ? ORDER BY id")
        select.bind(run << ProjectionSchema.blockShift, (run + 1) << ProjectionSchema.blockShift)
        defer { select.reset() }
        var entries: [IndexEntry] = []
        while try select.step() {
            let bytes = try Self.block(select)
            for cursor in stride(from: 0, to: bytes.count, by: IndexEntry.bytes) {
                entries.append(IndexEntry(bytes, at: cursor, from: first))
            }
        }
        return entries
    }

    private static func block(_ select: PreparedStatement) throws -> UnsafeRawBufferPointer {
        guard let bytes = select.bytes(0), bytes.count % IndexEntry.bytes == 0 else {
            throw IndexFault("it is damaged")
        }
        return bytes
    }

    private func delete(_ run: Int64) throws {
        try self.run(
            "DELETE FROM block WHERE id >= ? AND id < ?", run << ProjectionSchema.blockShift,
            (run + 1) << ProjectionSchema.blockShift)
        try self.run("DELETE FROM run WHERE id = ?", run)
    }

    /// Deletes the oldest run of a partition where it ends at or before an offset; false where it does not.
    func deleteRun(of id: Int64, before offset: Int64) throws -> Bool {
        let select = try self.statement(
            "SELECT id, end_offset FROM run WHERE progress_id = ? ORDER BY first_offset LIMIT 1")
        select.bind(id, at: 1)
        let oldest = try select.step() && select.integer(1) <= offset ? select.integer(0) : nil as Int64?
        select.reset()
        guard let oldest else { return false }
        try self.delete(oldest)
        return true
    }

    /// Deletes one run that belongs to a partition that is followed no longer; false where there is none left.
    func deleteRemains() throws -> Bool {
        let select = try self.statement("SELECT id FROM progress WHERE topic IS NULL LIMIT 1")
        let id = try select.step() ? select.integer(0) : nil as Int64?
        select.reset()
        guard let id else { return false }
        if try !self.deleteRun(of: id, before: .max) { try self.run("DELETE FROM progress WHERE id = ?", id) }
        return true
    }

    /// Looks for entries, see ``IndexStore/find(_:in:lower:upper:hitsMax:)``.
    func find(
        _ hash: IndexHash, in id: Int64, lower: Int64, upper: Int64, hitsMax: Int
    ) throws -> IndexFinding {
        let select = try self.statement(
            """
            SELECT id, first_offset, end_offset, fences FROM run WHERE progress_id = ? AND first_offset < ?
            ORDER BY first_offset DESC
            """)
        select.bind(id, upper)
        defer { select.reset() }
        var finding = IndexFinding(upper: upper)
        for _ in 0..<Self.runsMax {
            guard try select.step(), select.integer(2) > lower else {
                finding.upper = lower
                return finding
            }
            let (run, first) = (select.integer(0), select.integer(1))
            guard let fences = select.bytes(3), fences.count % 8 == 0 else { throw IndexFault("it is damaged") }
            finding.upper = max(first, lower)
            for number in IndexRun.blocks(of: hash, fences: fences) {
                try self.collect(hash, run, number, first, lower..<upper, &finding.hits)
            }
            if finding.hits.count > hitsMax {
                finding.hits.removeFirst(finding.hits.count - hitsMax)
                finding.upper = finding.hits.first?.offset ?? finding.upper
            }
            if !finding.hits.isEmpty { return finding }
        }
        return finding
    }

    /// Takes the entries of a hash out of one block.
    private func collect(
        _ hash: IndexHash, _ run: Int64, _ number: Int, _ first: Int64, _ range: Range<Int64>,
        _ hits: inout [IndexFinding.Hit]
    ) throws {
        let select = try self.statement("SELECT entries FROM block WHERE id = ?")
        select.bind(run << ProjectionSchema.blockShift + Int64(number), at: 1)
        defer { select.reset() }
        guard try select.step() else { throw IndexFault("it is damaged") }
        let bytes = try Self.block(select)
        // The first entry with this hash or a larger one.
        var (low, high) = (0, bytes.count / IndexEntry.bytes)
        while low < high {
            let middle = (low + high) / 2
            if IndexEntry(bytes, at: middle * IndexEntry.bytes, from: first).hash < hash {
                low = middle + 1
            } else {
                high = middle
            }
        }
        for cursor in stride(from: low * IndexEntry.bytes, to: bytes.count, by: IndexEntry.bytes) {
            let entry = IndexEntry(bytes, at: cursor, from: first)
            guard entry.hash == hash else { break }
            guard range.contains(entry.offset) else { continue }
            hits.append(IndexFinding.Hit(offset: entry.offset, timestamp: entry.timestamp))
        }
    }
}
