import EventLog
import GRDB

extension DatabaseQueue {
    /// Runs a closure on the connection's queue, without a transaction around it.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (OpaquePointer) throws -> Value
    ) async throws(EventLogError) -> Value {
        let result: Result<Value, EventLogError> = await withCheckedContinuation { continuation in
            self.asyncWriteWithoutTransaction { database in
                guard let connection = database.sqliteConnection else {
                    continuation.resume(returning: .failure(.logClosed))
                    return
                }
                do {
                    continuation.resume(returning: .success(try body(connection)))
                } catch {
                    continuation.resume(returning: .failure(EventLogError(sqlite: error)))
                }
            }
        }
        return try result.get()
    }
}
