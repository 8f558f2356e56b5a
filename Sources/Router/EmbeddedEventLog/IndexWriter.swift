import EventLog
import GRDB
import SQLiteFiles

/// The connection that writes the index.
///
/// `@unchecked Sendable`: handed between closures, but its statements are touched only on the serial queue of
/// `database`.
final class IndexWriter: @unchecked Sendable {
    private let database: DatabaseQueue
    private var statements: [String: PreparedStatement] = [:]

    init(_ database: DatabaseQueue) { self.database = database }

    /// Writes entries and how far they go in one transaction. Written twice, they are there once.
    func write(_ batch: IndexBatch) async throws(EventLogError) {
        try await self.transact { connection in
            let insert = try self.statement(connection, "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?)")
            for run in batch.runs {
                insert.bind(Int64(run.partitionID), run.segment)
                for key in run.keys {
                    insert.bind(key >> 32, at: 3)
                    insert.bind(key & 0xFFFF_FFFF, at: 4)
                    try insert.run()
                }
            }
            let update = try self.statement(
                connection,
                """
                INSERT INTO progress VALUES (?1, ?2)
                ON CONFLICT (partition_id) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)
                """)
            for (id, next) in batch.progress {
                update.bind(Int64(id), next)
                try update.run()
            }
        }
    }

    /// Takes away the oldest segment of a partition that lies before `segment`; false where there is none.
    func deleteSegment(of partitionID: Int, before segment: Int64) async throws(EventLogError) -> Bool {
        try await self.transact { connection in
            let select = try self.statement(connection, "SELECT min(segment) FROM entry WHERE partition_id = ?")
            select.bind(Int64(partitionID), at: 1)
            let oldest = try select.step() && !select.isNull(0) ? select.integer(0) : segment
            select.reset()
            guard oldest < segment else { return false }
            let delete = try self.statement(connection, "DELETE FROM entry WHERE partition_id = ? AND segment = ?")
            delete.bind(Int64(partitionID), oldest)
            try delete.run()
            return true
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

    private func transact<Value: Sendable>(
        _ body: @escaping @Sendable (OpaquePointer) throws -> Value
    ) async throws(EventLogError) -> Value {
        try await self.database.perform { connection in
            try self.statement(connection, "BEGIN IMMEDIATE").run()
            do {
                let value = try body(connection)
                try self.statement(connection, "COMMIT").run()
                return value
            } catch {
                // Some faults roll back by themselves; then there is no transaction to end.
                try? self.statement(connection, "ROLLBACK").run()
                throw error
            }
        }
    }

    private func statement(_ connection: OpaquePointer, _ sql: String) throws -> PreparedStatement {
        if let statement = self.statements[sql] { return statement }
        let statement = try PreparedStatement(connection, sql)
        self.statements[sql] = statement
        return statement
    }
}
