import Dispatch
import EventLog
import GRDB
import GRDBSQLite
import Logging
import SQLiteFiles

/// The connection that copies the write-ahead log into the file while the writer goes on.
///
/// What it cannot copy, because a reader needs it or the disk refuses, stays in the write-ahead log, where it is as
/// durable, until the next time.
final class CheckpointCopier: Sendable {
    private let database: DatabaseQueue
    private let logger: Logger

    init(path: String, logger: Logger) throws {
        self.logger = logger
        var configuration = GRDB.Configuration()
        configuration.label = "log.checkpoint"
        configuration.qos = .utility
        configuration.prepareDatabase { database in
            // The file is synced before the write-ahead log is written over.
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -64; PRAGMA wal_autocheckpoint = 0")
        }
        self.database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Begins to copy; `completion` runs on the connection's queue.
    func copy(completion: @escaping @Sendable () -> Void) {
        self.database.asyncWriteWithoutTransaction { database in
            if let handle = database.sqliteConnection { Self.checkpoint(handle, self.logger) }
            completion()
        }
    }

    /// Blocks until what was begun is done.
    func awaitCopy() { self.database.inDatabase { _ in } }

    /// Closes the connection after what is queued on it.
    func close() async { await self.database.closeOffPool() }

    /// Moves what can be moved without waiting for anybody. A fault is told and changes nothing.
    static func checkpoint(_ handle: OpaquePointer, _ logger: Logger) {
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code != SQLITE_OK, code & 0xFF != SQLITE_BUSY else { return }
        logger.warning(
            "the write-ahead log could not be moved into the log's file, and grows until it can",
            metadata: ["error": "\(EventLogError(sqlite: DatabaseError(resultCode: ResultCode(rawValue: code))))"])
    }
}
