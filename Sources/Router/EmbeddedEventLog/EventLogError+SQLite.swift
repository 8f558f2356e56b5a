import EventLog
import GRDB

extension EventLogError {
    /// The log's word for what SQLite said.
    init(sqlite error: any Error) {
        if let error = error as? EventLogError {
            self = error
            return
        }
        guard let database = error as? DatabaseError else {
            self.init(.unavailable, "the embedded log cannot be used now", cause: error)
            return
        }
        switch database.resultCode.primaryResultCode {
        case .SQLITE_FULL:
            self.init(.full, "the disk is full: make room", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corruptRecord, "the file of the embedded log is damaged: restore it from a copy", cause: error)
        case .SQLITE_TOOBIG:
            self.init(.tooLarge, "a record is larger than SQLite can hold", cause: error)
        case .SQLITE_MISUSE:
            self.init(.closed, "the embedded log is closed", cause: error)
        default:
            self.init(.unavailable, "the embedded log cannot be read or written now", cause: error)
        }
    }

    /// The same, where a transaction that would have taken so many pages failed: says whether it was the disk or the
    /// log's own limit that was in the way. SQLite has one code for both.
    init(sqlite error: any Error, in connection: WriterConnection, pages: Int64) {
        self.init(sqlite: error)
        guard self.code == .full, let room = connection.pagesLeft, room <= pages else { return }
        self.message = "the log's file has reached its size limit: raise the limit, or keep events for a shorter time"
    }

    static let logClosed = EventLogError(.closed, "the embedded log is closed")
}
