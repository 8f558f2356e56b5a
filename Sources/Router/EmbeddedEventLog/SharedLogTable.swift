import Synchronization

/// The one table of a log, shared by its writer, its readers and its callers.
final class SharedLogTable: Sendable {
    private let table: Mutex<LogTable>

    init(recentBytesMax: Int) {
        self.table = Mutex(LogTable(recentBytesMax: recentBytesMax))
    }

    @inline(__always)
    func withLock<Value: Sendable, Failure: Error>(
        _ body: (inout sending LogTable) throws(Failure) -> sending Value
    ) throws(Failure) -> Value {
        try self.table.withLock(body)
    }
}
