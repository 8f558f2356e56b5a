import EventLog
import GRDB

/// What all files of indexes have in common.
package enum IndexDatabase {
    /// The settings of the connection that writes. What a power cut takes is indexed again, so commits need no sync.
    ///
    /// - Parameters:
    ///   - cacheKibibytes: memory for pages.
    ///   - checkpointPages: of the write-ahead log, after which they are moved into the file.
    package static func configureWriter(_ database: Database, cacheKibibytes: Int, checkpointPages: Int) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw EventLogError(
                .unavailable, "the directory's file system has no write-ahead log for SQLite: use a local disk")
        }
        try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -\(cacheKibibytes);")
        _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(16 << 20)")
    }
}
