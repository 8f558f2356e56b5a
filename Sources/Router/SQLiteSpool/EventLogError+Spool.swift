import EventLog
import GRDB

extension EventLogError {
    /// What SQLite said of the spool, as its callers know it.
    init(spool error: any Error) {
        if let error = error as? EventLogError {
            self = error
            return
        }
        switch (error as? DatabaseError)?.resultCode.primaryResultCode {
        case .SQLITE_FULL?:
            self.init(.full, "the spool's disk is full: make room", cause: error)
        case .SQLITE_CORRUPT?, .SQLITE_NOTADB?:
            self.init(.corruptRecord, "the spool's file is damaged", cause: error)
        case .SQLITE_BUSY?, .SQLITE_LOCKED?, .SQLITE_NOMEM?:
            self.init(.overloaded, "the spool is busy, or there is no memory: try again", cause: error)
        case .SQLITE_TOOBIG?:
            self.init(.tooLarge, "the delivery is larger than a row of the spool may be", cause: error)
        case .SQLITE_MISUSE?:
            self.init(.closed, "the spool is closed", cause: error)
        default:
            self.init(.unavailable, "the spool cannot be read or written", cause: error)
        }
    }
}
