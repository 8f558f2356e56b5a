import EventIndexProjection
import EventLog
import SQLiteFiles

/// What the index reads of the log: headers, never values.
extension LogReader {
    /// Hashes the headers of `[from, end)`, of `recordsMax` records at most.
    func index(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, recordsMax: Int,
        _ headers: HashedHeaders, into batch: inout IndexBatch
    ) throws {
        let select = try self.statement(
            connection,
            """
            SELECT offset, headers FROM \(LogSchema.recordsTable(partitionID))
            WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT ?
            """)
        select.bind(from, end, Int64(recordsMax))
        defer { select.reset() }
        var found: [UnsafeRawBufferPointer?] = []
        var (records, next) = (0, end)
        while try select.step() {
            let offset = select.integer(0)
            records += 1
            if records == recordsMax { next = offset + 1 }
            guard let packed = select.bytes(1) else { continue }
            headers.forEachHash(in: packed, &found) { batch.add($0, at: offset, of: partitionID) }
        }
        batch.advance(partitionID, to: next, records: records)
    }

    /// A record that a lookup wants.
    struct Hit: Sendable {
        var offset: Int64
        var timestamp: Int64
    }

    /// Reads the headers of `[from, end)` and keeps what the probe wants, oldest first. The number of records read.
    func scan(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, _ probe: IndexProbe,
        into hits: inout [Hit]
    ) throws -> Int {
        let select = try self.statement(
            connection,
            """
            SELECT offset, timestamp, headers FROM \(LogSchema.recordsTable(partitionID))
            WHERE offset >= ? AND offset < ? ORDER BY offset
            """)
        select.bind(from, end)
        defer { select.reset() }
        var records = 0
        while try select.step() {
            records += 1
            guard let packed = select.bytes(2), probe.isMet(by: packed) else { continue }
            hits.append(Hit(offset: select.integer(0), timestamp: select.integer(1)))
        }
        return records
    }

    /// The places of a segment that have a hash, in `[from, end)`, newest first, `limit` at most.
    func places(
        _ connection: OpaquePointer, _ partitionID: Int, segment: Int64, hash: Int32, from: Int64, end: Int64,
        limit: Int
    ) throws -> [Int64] {
        let select = try self.statement(
            connection,
            """
            SELECT place FROM \(IndexSchema.attachedName).entry
            WHERE partition_id = ? AND segment = ? AND hash = ? AND place >= ? AND place < ?
            ORDER BY place DESC LIMIT ?
            """)
        select.bind(Int64(partitionID), at: 1)
        select.bind(segment, at: 2)
        select.bind(Int64(hash), at: 3)
        select.bind(from, at: 4)
        select.bind(end, at: 5)
        select.bind(Int64(limit), at: 6)
        defer { select.reset() }
        var places: [Int64] = []
        while try select.step() { places.append(select.integer(0)) }
        return places
    }

    /// A record that the probe wants; nil where it wants another, or where the record is gone.
    func hit(
        _ connection: OpaquePointer, _ partitionID: Int, at offset: Int64, _ probe: IndexProbe
    ) throws -> Hit? {
        let select = try self.statement(
            connection, "SELECT timestamp, headers FROM \(LogSchema.recordsTable(partitionID)) WHERE offset = ?")
        select.bind(offset, at: 1)
        defer { select.reset() }
        guard try select.step(), let packed = select.bytes(1), probe.isMet(by: packed) else { return nil }
        return Hit(offset: offset, timestamp: select.integer(0))
    }
}
