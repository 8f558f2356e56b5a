import EventLog
import GRDB
import GRDBSQLite
import NIOCore
import SQLiteFiles

/// The connection that writes the log: prepared statements, and the next offset of each partition.
///
/// `@unchecked Sendable`: handed between closures, but touched only on the serial queue of its `DatabaseQueue`.
final class WriterConnection: @unchecked Sendable {
    /// What the open chunk of a partition sums up so far.
    struct OpenChunk {
        var number: Int64
        var records: Int64 = 0
        var bytes: Int64 = 0
        var timestampMin = Int64.max
        var timestampMax = Int64.min
    }

    private struct PartitionState {
        var end: Int64
        /// nil: to be read from the table before the next append.
        var chunk: OpenChunk?
        var insert: PreparedStatement?
    }

    let handle: OpaquePointer
    /// Pages of the write-ahead log after the last commit.
    private(set) var writeAheadPages = 0
    private var partitions: [PartitionState] = []
    /// Partitions that the open transaction appended to, with their ends before it.
    private var touched: [(id: Int, endBefore: Int64)] = []
    private var statements: [String: PreparedStatement] = [:]
    private let beginStatement: PreparedStatement
    private let commitStatement: PreparedStatement
    private let rollbackStatement: PreparedStatement
    private let insertChunk: PreparedStatement

    init(_ handle: OpaquePointer) throws {
        self.handle = handle
        self.beginStatement = try PreparedStatement(handle, "BEGIN IMMEDIATE")
        self.commitStatement = try PreparedStatement(handle, "COMMIT")
        self.rollbackStatement = try PreparedStatement(handle, "ROLLBACK")
        self.insertChunk = try PreparedStatement(handle, "INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?)")
        // The place of SQLite's own hook, which would move the pages within the commit and is turned off.
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriterConnection>.fromOpaque(context).takeUnretainedValue().writeAheadPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { sqlite3_wal_hook(self.handle, nil, nil) }

    /// Adds a partition; its id is the number of those added before.
    func addPartition(end: Int64) {
        self.partitions.append(PartitionState(end: end))
    }

    /// A statement that is kept prepared.
    func statement(_ sql: String) throws -> PreparedStatement {
        if let statement = self.statements[sql] { return statement }
        let statement = try PreparedStatement(self.handle, sql)
        self.statements[sql] = statement
        return statement
    }

    func begin() throws {
        self.touched.removeAll(keepingCapacity: true)
        try self.beginStatement.run()
    }

    /// Makes the transaction durable, and says which partitions have new ends.
    func commit() throws -> [(id: Int, end: Int64)] {
        try self.commitStatement.run()
        return self.touched.map { (id: $0.id, end: self.partitions[$0.id].end) }
    }

    /// Forgets the transaction, here and in the file.
    func rollback() {
        for (id, endBefore) in self.touched {
            self.partitions[id].end = endBefore
            self.partitions[id].chunk = nil
        }
        self.touched.removeAll(keepingCapacity: true)
        // Some faults (disk full, I/O) roll back by themselves; then there is no transaction to end.
        if sqlite3_get_autocommit(self.handle) == 0 { try? self.rollbackStatement.run() }
    }

    /// Inserts the records of one call, and returns their offsets.
    func append(_ records: [ProducerRecord], to ids: [Int]) throws -> [Int64] {
        var offsets: [Int64] = []
        offsets.reserveCapacity(records.count)
        for index in records.indices {
            offsets.append(try self.append(records[index].record, to: ids[index]))
        }
        return offsets
    }

    private func append(_ record: LogRecord, to id: Int) throws -> Int64 {
        let offset = self.partitions[id].end
        if !self.touched.contains(where: { $0.id == id }) { self.touched.append((id, offset)) }
        try self.count(record, at: offset, of: id)
        let insert = try self.insertStatement(id)
        insert.bind(offset, at: 1)
        insert.bind(record.timestamp.milliseconds, at: 2)
        try record.headers.bytes.withUnsafeReadableBytes { headers in
            insert.bindUncopied(headers, at: 4)
            try Self.withBytes(record.key) { key in
                insert.bindUncopied(key, at: 3)
                try Self.withBytes(record.value) { value in
                    insert.bindUncopied(value, at: 5)
                    try insert.run()
                }
            }
        }
        self.partitions[id].end = offset + 1
        return offset
    }

    @inline(__always)
    private static func withBytes(_ buffer: ByteBuffer?, _ body: (UnsafeRawBufferPointer?) throws -> Void) rethrows {
        if let buffer { try buffer.withUnsafeReadableBytes { try body($0) } } else { try body(nil) }
    }

    private func insertStatement(_ id: Int) throws -> PreparedStatement {
        if let statement = self.partitions[id].insert { return statement }
        let table = LogSchema.recordsTable(id)
        let statement = try PreparedStatement(
            self.handle, "INSERT INTO \(table) (offset, timestamp, key, headers, value) VALUES (?, ?, ?, ?, ?)")
        self.partitions[id].insert = statement
        return statement
    }

    /// Adds a record to the sum of its chunk; the first record of a chunk closes the one before.
    private func count(_ record: LogRecord, at offset: Int64, of id: Int) throws {
        let number = offset >> LogSchema.chunkShift
        var chunk: OpenChunk
        if let open = self.partitions[id].chunk {
            chunk = open
        } else {
            chunk = try self.readChunk(max(0, offset - 1) >> LogSchema.chunkShift, of: id)
        }
        if chunk.number != number {
            if chunk.records > 0 { try self.writeChunk(chunk, of: id) }
            chunk = OpenChunk(number: number)
        }
        let timestamp = record.timestamp.milliseconds
        chunk.records += 1
        chunk.bytes += Int64(record.size)
        chunk.timestampMin = min(chunk.timestampMin, timestamp)
        chunk.timestampMax = max(chunk.timestampMax, timestamp)
        self.partitions[id].chunk = chunk
    }

    func writeChunk(_ chunk: OpenChunk, of id: Int) throws {
        self.insertChunk.bind(Int64(id), at: 1)
        self.insertChunk.bind(chunk.number, at: 2)
        self.insertChunk.bind(chunk.records, at: 3)
        self.insertChunk.bind(chunk.bytes, at: 4)
        self.insertChunk.bind(chunk.timestampMin, at: 5)
        self.insertChunk.bind(chunk.timestampMax, at: 6)
        try self.insertChunk.run()
    }

    /// Sums up the records that a chunk has now.
    func readChunk(_ number: Int64, of id: Int) throws -> OpenChunk {
        let select = try self.statement(
            """
            SELECT count(*), total(length(headers) + ifnull(length(key), 0) + ifnull(length(value), 0)),
                min(timestamp), max(timestamp)
            FROM \(LogSchema.recordsTable(id)) WHERE offset >= ? AND offset < ?
            """)
        select.bind(number << LogSchema.chunkShift, (number + 1) << LogSchema.chunkShift)
        var chunk = OpenChunk(number: number)
        guard try select.step() else { return chunk }
        chunk.records = select.integer(0)
        chunk.bytes = select.integer(1)
        if chunk.records > 0 {
            chunk.timestampMin = select.integer(2)
            chunk.timestampMax = select.integer(3)
        }
        select.reset()
        return chunk
    }

    /// What the next append must read again: the sweep took records out of the open chunk.
    func forgetOpenChunk(of id: Int) { self.partitions[id].chunk = nil }

    /// Pages that the file may still grow by, those that it has free counted; nil where it has no limit of its own.
    var pagesLeft: Int64? {
        func value(_ pragma: String) -> Int64? {
            guard let select = try? self.statement("PRAGMA \(pragma)"), (try? select.step()) == true else { return nil }
            defer { select.reset() }
            return select.integer(0)
        }
        guard let most = value("max_page_count"), most < LogSchema.pagesUnlimited, let count = value("page_count")
        else {
            return nil
        }
        return most - count + (value("freelist_count") ?? 0)
    }

    /// Writes for readiness: takes a few pages and gives them back, so that a file without room for a record is found
    /// out, and changes a row, so that something has to be made durable.
    func probe() throws {
        for sql in [
            "UPDATE meta SET value = zeroblob(\(LogSchema.probeBytes)) WHERE key = 'probe'",
            "UPDATE meta SET value = unixepoch() WHERE key = 'probe'",
        ] {
            try self.statement(sql).run()
        }
    }

    func end(of id: Int) -> Int64 { self.partitions[id].end }
}
