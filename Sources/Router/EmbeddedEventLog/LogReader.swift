import EventLog
import GRDB
import SQLiteFiles
import Synchronization

/// One connection that reads the log, with its prepared statements.
///
/// `@unchecked Sendable`: handed between closures, but its statements and scratch memory are touched only on the
/// serial queue of `database`.
final class LogReader: @unchecked Sendable {
    let database: DatabaseQueue
    private var statements: [String: PreparedStatement] = [:]
    private var gatherer = RecordGatherer()

    /// - Parameter indexPath: a file of the index that is read beside the log, attached.
    init(path: String, indexPath: String? = nil) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.label = "log.reader"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -4096")
            if let indexPath {
                try database.execute(
                    sql: "ATTACH DATABASE ? AS \(IndexSchema.attachedName)", arguments: [indexPath])
            }
        }
        self.database = try DatabaseQueue(path: path, configuration: configuration)
    }

    func statement(_ connection: OpaquePointer, _ sql: String) throws -> PreparedStatement {
        if let statement = self.statements[sql] { return statement }
        let statement = try PreparedStatement(connection, sql)
        self.statements[sql] = statement
        return statement
    }

    /// Runs a closure on the connection's queue.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LogReader, OpaquePointer) throws -> Value
    ) async throws(EventLogError) -> Value {
        try await self.database.perform { connection in try body(self, connection) }
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

    /// What one fetch reads, and whether it stopped at a limit.
    struct Fetched: Sendable {
        var records: [RecordBatch.Element]
        var isLimited: Bool
    }

    /// Reads the records of `[from, end)` up to a limit, one at least.
    func fetch(
        _ connection: OpaquePointer, _ partitionID: Int, from: Int64, end: Int64, recordsMax: Int, bytesMax: Int
    ) throws -> Fetched {
        let select = try self.statement(
            connection,
            """
            SELECT offset, timestamp, key, headers, value FROM \(LogSchema.recordsTable(partitionID))
            WHERE offset >= ? AND offset < ? ORDER BY offset
            """)
        select.bind(from, at: 1)
        select.bind(end, at: 2)
        defer {
            select.reset()
            self.gatherer.clear()
        }
        var (count, bytes) = (0, 0)
        while try select.step() {
            let (key, headers, value) = (select.bytes(2), select.bytes(3), select.bytes(4))
            let empty = UnsafeRawBufferPointer(start: nil, count: 0)
            let size = (key?.count ?? 0) + (headers?.count ?? 0) + (value?.count ?? 0)
            if count > 0, bytes + size > bytesMax {
                return Fetched(records: try self.gatherer.finish(), isLimited: true)
            }
            try self.gatherer.add(
                offset: select.integer(0), timestamp: select.integer(1), key: key, headers: headers ?? empty,
                value: value)
            count += 1
            bytes += size
            if count == recordsMax { return Fetched(records: try self.gatherer.finish(), isLimited: true) }
        }
        return Fetched(records: try self.gatherer.finish(), isLimited: false)
    }
}
