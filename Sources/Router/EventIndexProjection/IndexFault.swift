import EventLog
import GRDB

/// Why an index file cannot be used and has to be built anew.
package struct IndexFault: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// nil where the error says nothing about what is in the file: a full disk, a lock.
    package init?(_ error: any Error) {
        if let fault = error as? Self {
            self = fault
            return
        }
        let cause = (error as? EventLogError)?.cause ?? error
        if let fault = cause as? Self {
            self = fault
            return
        }
        switch (cause as? DatabaseError)?.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT?, .SQLITE_NOTADB?: self.init("it is damaged")
        case .SQLITE_ERROR?, .SQLITE_SCHEMA?, .SQLITE_MISMATCH?: self.init("its tables are not those of an index")
        case .SQLITE_READONLY?: self.init("it was moved or made read-only")
        default: return nil
        }
    }
}
