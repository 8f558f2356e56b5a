import EventLog
import GRDB

/// The tables of an index that is fed through the seam.
///
/// `run` is a stretch of a partition, see ``IndexRun``; its entries lie in rows of `block` that fill a page each, and
/// `fences` says what each of them begins with. A lookup costs, for each run, that row and one block. `progress` says
/// up to where each partition is indexed and which record was the last, and is written with the runs; where `topic`
/// is NULL, the runs are to be deleted.
enum ProjectionSchema {
    static let fileName = "index.db"
    static let version: Int64 = 1
    static let applicationID: Int64 = 0x504F_5058
    /// A block's number begins with that of its run, shifted by so many bits.
    static let blockShift: Int64 = 20
    /// Write-ahead log pages after which they are moved into the file.
    private static let checkpointPages = 4_000

    private static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE progress (
            id INTEGER PRIMARY KEY, topic TEXT, number INTEGER NOT NULL, next_offset INTEGER NOT NULL,
            last_offset INTEGER, last_fingerprint INTEGER, UNIQUE (topic, number));
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, progress_id INTEGER NOT NULL, first_offset INTEGER NOT NULL,
            end_offset INTEGER NOT NULL, entries INTEGER NOT NULL, fences BLOB NOT NULL,
            UNIQUE (progress_id, first_offset));
        CREATE TABLE block (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        """

    /// The settings of the connection that writes.
    static func configureWriter(_ database: Database) throws {
        try IndexDatabase.configureWriter(
            database, cacheKibibytes: 4096, checkpointPages: self.checkpointPages)
    }

    /// Makes the tables of an empty file, or checks that the file is an index of this log. True: it was empty.
    /// - Throws: ``IndexFault`` where it is anything else.
    static func prepare(_ database: Database, logID: String, headers: [String]) throws -> Bool {
        let names = headers.joined(separator: " ")
        if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
            try database.inTransaction(.immediate) {
                try database.execute(sql: self.tables)
                try database.execute(
                    sql: "INSERT INTO meta VALUES ('log_id', ?), ('headers', ?), ('key_0', ?), ('key_1', ?)",
                    arguments: [logID, names, Int64.random(in: .min ... .max), Int64.random(in: .min ... .max)])
                try database.execute(sql: "PRAGMA user_version = \(self.version)")
                try database.execute(sql: "PRAGMA application_id = \(self.applicationID)")
                return .commit
            }
            return true
        }
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        guard application == self.applicationID else { throw IndexFault("it is not an index of a shared log") }
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == self.version else { throw IndexFault("its format is \(version), not \(self.version)") }
        guard try self.text("log_id", database) == logID else { throw IndexFault("it belongs to another log") }
        guard try self.text("headers", database) == names else { throw IndexFault("it has other headers") }
        return false
    }

    /// What hashes of this file are made with: nobody outside can foresee them.
    static func key(_ database: Database) throws -> RecordHasher.Key {
        func half(_ name: String) throws -> UInt64 {
            guard
                let half = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [name])
            else { throw IndexFault("it has no key") }
            return UInt64(bitPattern: half)
        }
        return RecordHasher.Key(first: try half("key_0"), second: try half("key_1"))
    }

    private static func text(_ key: String, _ database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }
}
