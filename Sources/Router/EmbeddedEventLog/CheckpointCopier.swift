import Dispatch
import EventLog
import GRDB
import GRDBSQLite
import Logging
import SQLiteFiles
import Synchronization

/// The connection that copies the write-ahead log into the file while the writer goes on.
///
/// What it cannot copy, because a reader needs it or the disk refuses, stays in the write-ahead log, where it is as
/// durable, until the next time.
final class CheckpointCopier: Sendable {
    /// What became of a checkpoint.
    enum Outcome: Equatable, Sendable {
        /// What nobody was in the way of is in the file.
        case moved
        /// The disk refused; another try may go well.
        case refused
        /// The file or the write-ahead log could not be synced: nobody knows what the disk has of it.
        case unsynced
    }

    private let database: DatabaseQueue
    private let logger: Logger
    private let isFailing = Mutex(false)

    init(path: String, logger: Logger) throws {
        self.logger = logger
        var configuration = GRDB.Configuration()
        configuration.label = "log.checkpoint"
        configuration.qos = .utility
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -64; PRAGMA wal_autocheckpoint = 0")
        }
        self.database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Begins to copy; `completion` runs on the connection's queue.
    ///
    /// SQLite leaves the sync to the checkpoint that reaches the end of the write-ahead log, which is the writer's:
    /// done here, it finds little to sync.
    func copy(completion: @escaping @Sendable (Outcome) -> Void) {
        self.database.asyncWriteWithoutTransaction { database in
            guard let handle = database.sqliteConnection else { return completion(.moved) }
            let outcome = self.checkpoint(handle)
            completion(outcome == .moved ? self.judge(Self.synchronize(handle)) : outcome)
        }
    }

    /// Blocks until what was begun is done.
    func awaitCopy() { self.database.inDatabase { _ in } }

    /// Closes the connection after what is queued on it.
    func close() async { await self.database.closeOffPool() }

    /// Moves what can be moved without waiting for anybody, on this connection or another one.
    func checkpoint(_ handle: OpaquePointer) -> Outcome {
        self.judge(sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil))
    }

    /// Syncs the file through SQLite's own descriptor: to close another one would drop the locks on it.
    private static func synchronize(_ handle: OpaquePointer) -> Int32 {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, let synchronize = file.pointee.pMethods?.pointee.xSync else { return code }
        return synchronize(file, SQLITE_SYNC_NORMAL)
    }

    static func outcome(_ code: Int32) -> Outcome {
        // Of the codes of SQLITE_IOERR these say that a sync failed.
        let (syncFailed, directorySyncFailed) = (SQLITE_IOERR | 4 << 8, SQLITE_IOERR | 5 << 8)
        if code == SQLITE_OK || code & 0xFF == SQLITE_BUSY { return .moved }
        return code == syncFailed || code == directorySyncFailed ? .unsynced : .refused
    }

    /// Tells of a fault where there was none before.
    private func judge(_ code: Int32) -> Outcome {
        let outcome = Self.outcome(code)
        let wasFailing = self.isFailing.withLock { isFailing in
            defer { isFailing = outcome != .moved }
            return isFailing
        }
        if outcome != .moved, !wasFailing {
            self.logger.error(
                outcome == .unsynced
                    ? "the log's file could not be synced: until a restart everything stays in its write-ahead log"
                    : "the write-ahead log could not be moved into the log's file, and grows until it can",
                metadata: ["error": "\(EventLogError(sqlite: DatabaseError(resultCode: ResultCode(rawValue: code))))"])
        }
        return outcome
    }
}
