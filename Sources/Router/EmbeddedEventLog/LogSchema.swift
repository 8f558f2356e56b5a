import EventLog
import GRDB

/// The tables of `log.db`.
///
/// Each partition has a table of its own, keyed by offset: an append goes to the right edge of its tree, where SQLite
/// fills pages without a split, a fetch reads neighbouring pages, and retention cuts the left edge. Rows end with the
/// value, so what reads only headers never follows the overflow pages of a large value.
///
/// `chunk` sums up each full run of 1,024 offsets, for lookups by time and for retention by size. Pages that retention
/// frees are used again by later appends; the file keeps the largest size that it needed.
enum LogSchema {
    static let fileName = "log.db"
    static let version: Int64 = 1
    static let applicationID: Int64 = 0x504F_5254
    static let pageBytes = 8_192
    /// What SQLite calls the largest number of pages where none is set (2^32 - 2).
    static let pagesUnlimited: Int64 = 4_294_967_294
    /// Room that the log must have to be ready.
    static let probeBytes = 4 * Self.pageBytes
    /// Offsets are divided into chunks by a shift of this many bits.
    static let chunkShift: Int64 = 10

    static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE topic (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, compacted INTEGER NOT NULL,
            retention_age_milliseconds INTEGER, retention_bytes_max INTEGER);
        CREATE TABLE topic_partition (
            id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL REFERENCES topic(id), number INTEGER NOT NULL,
            start_offset INTEGER NOT NULL DEFAULT 0, end_offset_min INTEGER NOT NULL DEFAULT 0,
            compacted_through INTEGER NOT NULL DEFAULT 0, UNIQUE (topic_id, number));
        CREATE TABLE chunk (
            partition_id INTEGER NOT NULL, number INTEGER NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL,
            timestamp_min INTEGER NOT NULL, timestamp_max INTEGER NOT NULL,
            PRIMARY KEY (partition_id, number)) WITHOUT ROWID;
        CREATE TABLE group_offset (
            name TEXT NOT NULL, partition_id INTEGER NOT NULL, offset INTEGER NOT NULL, metadata TEXT NOT NULL,
            PRIMARY KEY (name, partition_id)) WITHOUT ROWID;
        INSERT INTO meta VALUES ('log_id', lower(hex(randomblob(16)))), ('probe', 0);
        """

    static func recordsTable(_ partitionID: Int) -> String { "records_\(partitionID)" }

    /// The statements that make the table of a partition. Only a compacted one is found by key and by tombstone.
    static func createRecordsTable(_ partitionID: Int, isCompacted: Bool) -> [String] {
        let table = self.recordsTable(partitionID)
        let create = """
            CREATE TABLE \(table) (
                offset INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, headers BLOB NOT NULL, value BLOB)
            """
        guard isCompacted else { return [create] }
        return [
            create, "CREATE INDEX \(table)_key ON \(table) (key)",
            "CREATE INDEX \(table)_tombstone ON \(table) (timestamp) WHERE value IS NULL",
        ]
    }

    /// Makes the tables of an empty file, or checks that the file is a log of a version that this program knows.
    static func prepare(_ database: Database) throws {
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        if version == 0, try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
            try database.inTransaction(.immediate) {
                try database.execute(sql: self.tables)
                try database.execute(sql: "PRAGMA user_version = \(self.version)")
                try database.execute(sql: "PRAGMA application_id = \(self.applicationID)")
                return .commit
            }
            return
        }
        guard application == self.applicationID else {
            throw EventLogError(
                .unavailable, "the file \(self.fileName) is not a Portarium log: choose another directory")
        }
        guard version == self.version else {
            throw EventLogError(
                .unavailable,
                "the log has format \(version), this program knows \(self.version): run the program that wrote it")
        }
    }

    /// The settings of the connection that writes. `synchronous` must be set after the journal mode: a commit that is
    /// answered has to survive a power cut, and `NORMAL` would sync only at checkpoints.
    static func configureWriter(_ database: Database, _ configuration: EmbeddedEventLogConfiguration) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw EventLogError(
                .unavailable, "the directory's file system has no write-ahead log for SQLite: use a local disk")
        }
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = OFF;
                PRAGMA cache_size = -16384;
                PRAGMA temp_store = MEMORY;
                """)
        _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = 0")
        _ = try Int.fetchOne(
            database, sql: "PRAGMA journal_size_limit = \(4 * configuration.checkpointPages * self.pageBytes)")
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard synchronous == 2 else {
            throw EventLogError(.unavailable, "SQLite did not take 'synchronous = FULL': appends would not be durable")
        }
        if let fileBytesMax = configuration.fileBytesMax {
            let pageBytes = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? Int64(self.pageBytes)
            _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(fileBytesMax / pageBytes)")
        }
    }
}
