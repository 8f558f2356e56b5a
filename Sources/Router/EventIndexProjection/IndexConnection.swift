import EventLog
import GRDB
import SQLiteFiles

/// A connection to the file of an index, with its prepared statements.
///
/// `@unchecked Sendable`: handed between closures, but its statements are touched only on the serial queue of
/// `database`.
final class IndexConnection: @unchecked Sendable {
    private let database: DatabaseQueue
    private var statements: [String: PreparedStatement] = [:]

    init(_ database: DatabaseQueue) { self.database = database }

    /// What the closures of a transaction prepare their statements with.
    struct Session {
        fileprivate let owner: IndexConnection
        fileprivate let connection: OpaquePointer

        /// A statement that is kept for the next time.
        func statement(_ sql: String) throws -> PreparedStatement {
            if let statement = self.owner.statements[sql] { return statement }
            let statement = try PreparedStatement(self.connection, sql)
            self.owner.statements[sql] = statement
            return statement
        }

        /// Runs a statement without rows.
        func run(_ sql: String, _ values: Int64...) throws {
            let statement = try self.statement(sql)
            for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
            try statement.run()
        }
    }

    /// Runs a closure in a transaction that writes.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Session) throws -> Value) async throws -> Value {
        try await self.perform { session in
            try session.statement("BEGIN IMMEDIATE").run()
            do {
                let value = try body(session)
                try session.statement("COMMIT").run()
                return value
            } catch {
                // Some faults roll back by themselves; then there is no transaction to end.
                try? session.statement("ROLLBACK").run()
                throw error
            }
        }
    }

    /// Runs a closure that sees the file as it is at one moment.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Session) throws -> Value) async throws -> Value {
        try await self.perform { session in
            try session.statement("BEGIN").run()
            // Nothing was written: it can end the way that never fails.
            defer { try? session.statement("ROLLBACK").run() }
            return try body(session)
        }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.database.asyncWriteWithoutTransaction { database in
                guard let connection = database.sqliteConnection else {
                    continuation.resume(throwing: EventLogError(.closed, "the index is closed"))
                    return
                }
                continuation.resume(with: Result { try body(Session(owner: self, connection: connection)) })
            }
        }
    }

    /// Closes the connection after what is queued on it.
    func close() async {
        await withCheckedContinuation { continuation in
            self.database.asyncWriteWithoutTransaction { _ in
                self.statements = [:]
                continuation.resume()
            }
        }
        await self.database.closeOffPool()
    }
}
