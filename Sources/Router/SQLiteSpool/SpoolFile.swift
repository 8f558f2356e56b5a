import Crypto
import EventLog
import GRDB
import GRDBSQLite
import NIOCore
import SQLiteFiles
import Webhooks

/// The connection to `spool.db` with its statements. Every row has the start of a hash of its number and its bytes:
/// what a disk returns otherwise than it was written is found out.
///
/// `@unchecked Sendable`: handed between closures, but touched only on the serial queue of its `DatabaseQueue`.
final class SpoolFile: @unchecked Sendable {
    static let name = "spool.db"
    private static let version: Int64 = 1
    private static let applicationID: Int64 = 0x5053_504C
    private static let pageBytes = 8_192
    /// Pages of the write-ahead log before they are written back: 8 MiB.
    private static let checkpointPages = 1_024
    private static let tables = """
        CREATE TABLE delivery (number INTEGER PRIMARY KEY, digest INTEGER NOT NULL, bytes BLOB NOT NULL);
        CREATE TABLE set_aside (
            id INTEGER PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
            digest INTEGER NOT NULL, bytes BLOB NOT NULL);
        """

    private let handle: OpaquePointer
    private let beginning: PreparedStatement
    private let commit: PreparedStatement
    private let insert: PreparedStatement
    private let select: PreparedStatement
    private let delete: PreparedStatement

    /// Makes the tables of an empty file, or checks that the file is a spool.
    init(_ database: Database, pagesMax: Int64?) throws {
        guard let handle = database.sqliteConnection else { throw EventLogError(.closed, "the spool is closed") }
        self.handle = handle
        try Self.configure(database, pagesMax)
        try Self.prepare(database)
        self.beginning = try PreparedStatement(handle, "BEGIN IMMEDIATE")
        self.commit = try PreparedStatement(handle, "COMMIT")
        self.insert = try PreparedStatement(handle, "INSERT INTO delivery (number, digest, bytes) VALUES (?, ?, ?)")
        self.select = try PreparedStatement(handle, "SELECT digest, bytes FROM delivery WHERE number = ?")
        self.delete = try PreparedStatement(handle, "DELETE FROM delivery WHERE number = ?")
    }

    /// `synchronous` must be set after the journal mode: a commit that is answered has to survive a power cut, and
    /// `NORMAL` would sync only at checkpoints.
    private static func configure(_ database: Database, _ pagesMax: Int64?) throws {
        try database.execute(sql: "PRAGMA page_size = \(self.pageBytes); PRAGMA auto_vacuum = FULL")
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw EventLogError(
                .unavailable, "the directory's file system has no write-ahead log for SQLite: use a local disk")
        }
        try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY")
        _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = \(self.checkpointPages)")
        _ = try Int.fetchOne(
            database, sql: "PRAGMA journal_size_limit = \(2 * self.checkpointPages * self.pageBytes)")
        if let pagesMax { _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(pagesMax)") }
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
            throw EventLogError(
                .unavailable, "SQLite did not take 'synchronous = FULL': the spool would not be durable")
        }
    }

    private static func prepare(_ database: Database) throws {
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if version == 0, try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
            try database.inTransaction(.immediate) {
                try database.execute(sql: self.tables)
                try database.execute(
                    sql: "PRAGMA user_version = \(self.version); PRAGMA application_id = \(self.applicationID)")
                return .commit
            }
            return
        }
        guard try Int64.fetchOne(database, sql: "PRAGMA application_id") == self.applicationID,
            version == self.version
        else {
            throw EventLogError(
                .unavailable, "the file \(self.name) is no spool that this program knows: run the program that wrote it"
            )
        }
    }

    // MARK: Transactions

    func begin() throws { try self.beginning.run() }

    func end() throws { try self.commit.run() }

    func rollback() {
        // Some faults (disk full, I/O) roll back by themselves; then there is no transaction to end.
        if sqlite3_get_autocommit(self.handle) == 0 { _ = sqlite3_exec(self.handle, "ROLLBACK", nil, nil, nil) }
    }

    func append(_ number: Int64, _ bytes: ByteBuffer) throws {
        self.insert.bind(number, Self.digest(number, bytes))
        try bytes.withUnsafeReadableBytes { bytes in
            self.insert.bindUncopied(bytes, at: 3)
            try self.insert.run()
        }
    }

    func remove(_ number: Int64) throws {
        self.delete.bind(number)
        try self.delete.run()
    }

    func setAside(_ number: Int64, _ reason: String) throws {
        let copy = try PreparedStatement(
            self.handle,
            """
            INSERT INTO set_aside (number, at, reason, digest, bytes)
            SELECT number, unixepoch(), ?2, digest, bytes FROM delivery WHERE number = ?1
            """)
        copy.bind(number)
        copy.bind(reason, at: 2)
        try copy.run()
        try self.remove(number)
    }

    /// Gives the disk back what it had, where nothing is left. Outside of a transaction.
    func shrinkIfEmpty() {
        guard (try? Self.isEmpty(self.handle)) == true else { return }
        _ = sqlite3_exec(self.handle, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil)
    }

    private static func isEmpty(_ handle: OpaquePointer) throws -> Bool {
        let any = try PreparedStatement(handle, "SELECT 1 FROM delivery LIMIT 1")
        defer { any.reset() }
        return try !any.step()
    }

    // MARK: Reading

    /// A row as it was written; nil where there is none, or where it is damaged.
    func read(_ number: Int64) throws -> ByteBuffer? {
        self.select.bind(number)
        defer { self.select.reset() }
        guard try self.select.step() else { return nil }
        return Self.checked(number, self.select.integer(0), self.select.bytes(1))
    }

    /// Visits all rows that are as they were written, until one that SQLite cannot reach.
    /// - Returns: the numbers of those that are not what was written.
    func readAll(isAscending: Bool = true, _ body: (Int64, ByteBuffer) -> Void) throws -> [Int64] {
        let all = try PreparedStatement(
            self.handle, "SELECT number, digest, bytes FROM delivery ORDER BY number \(isAscending ? "" : "DESC")")
        var damaged: [Int64] = []
        while try all.step() {
            let number = all.integer(0)
            if let bytes = Self.checked(number, all.integer(1), all.bytes(2)) {
                body(number, bytes)
            } else {
                damaged.append(number)
            }
        }
        return damaged
    }

    /// How many lie aside, and their bytes.
    func countAside() throws -> (deliveries: Int, bytes: Int) {
        let sum = try PreparedStatement(self.handle, "SELECT count(*), ifnull(sum(length(bytes)), 0) FROM set_aside")
        defer { sum.reset() }
        guard try sum.step() else { return (0, 0) }
        return (Int(sum.integer(0)), Int(sum.integer(1)))
    }

    private static func checked(_ number: Int64, _ digest: Int64, _ bytes: UnsafeRawBufferPointer?) -> ByteBuffer? {
        guard let bytes else { return nil }
        let buffer = ByteBuffer(bytes: bytes)
        return self.digest(number, buffer) == digest ? buffer : nil
    }

    private static func digest(_ number: Int64, _ bytes: ByteBuffer) -> Int64 {
        var hash = SHA256()
        withUnsafeBytes(of: number.bigEndian) { hash.update(bufferPointer: $0) }
        bytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }
}
