import EventIndexProjection
import EventLog
import GRDB

/// The tables of `index.db`.
///
/// `entry` says in which record a header has a value, by a hash. Its key begins with the partition and a segment of
/// 16,384 offsets: insertions touch the few pages of the newest segment, retention takes whole segments away, and a
/// lookup costs one seek per segment. Larger segments make lookups cheaper and insertions dearer: measured with eight
/// partitions written in turn, 65,536 offsets write four times the bytes. The hash has 32 bits: every hit is compared
/// with its record anyway, and shorter rows are what is fast here.
///
/// `progress` says up to where each partition is indexed, and is written with the entries.
enum IndexSchema {
    static let fileName = "index.db"
    static let version: Int64 = 1
    static let applicationID: Int64 = 0x504F_4958
    /// What the file is called on a connection that reads the log.
    static let attachedName = "event_index"
    /// Offsets are divided into segments by a shift of this many bits.
    static let segmentShift: Int64 = 14
    /// Write-ahead log pages after which they are moved into the file.
    private static let checkpointPages = 4_000

    private static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE entry (
            partition_id INTEGER NOT NULL, segment INTEGER NOT NULL, hash INTEGER NOT NULL, place INTEGER NOT NULL,
            PRIMARY KEY (partition_id, segment, hash, place)) WITHOUT ROWID;
        CREATE TABLE progress (partition_id INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
        """

    /// The settings of the connection that writes.
    static func configureWriter(_ database: Database) throws {
        try IndexDatabase.configureWriter(
            database, cacheKibibytes: 8192, checkpointPages: self.checkpointPages)
    }

    /// Makes the tables of an empty file, or checks that the file is an index of this log. True: it was empty.
    /// - Throws: ``IndexFault`` where it is anything else.
    static func prepare(_ database: Database, logID: String, headers: [String]) throws -> Bool {
        let names = headers.joined(separator: " ")
        if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
            try database.inTransaction(.immediate) {
                try database.execute(sql: self.tables)
                try database.execute(
                    sql: "INSERT INTO meta VALUES ('log_id', ?), ('headers', ?), ('seed', ?)",
                    arguments: [logID, names, Int64.random(in: .min ... .max)])
                try database.execute(sql: "PRAGMA user_version = \(self.version)")
                try database.execute(sql: "PRAGMA application_id = \(self.applicationID)")
                return .commit
            }
            return true
        }
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        guard application == self.applicationID else { throw IndexFault("it is not an index") }
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == self.version else { throw IndexFault("its format is \(version), not \(self.version)") }
        guard try self.meta("log_id", database) == logID else { throw IndexFault("it belongs to another log") }
        guard try self.meta("headers", database) == names else { throw IndexFault("it has other headers") }
        return false
    }

    /// What hashes of this file begin with: nobody outside can make values that share one.
    static func seed(_ database: Database) throws -> UInt64 {
        guard let seed = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'seed'") else {
            throw IndexFault("it has no seed")
        }
        return UInt64(bitPattern: seed)
    }

    private static func meta(_ key: String, _ database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }
}
