import EventIndexProjection
import EventLog
import GRDB
import SQLiteFiles
import Synchronization

/// An open file of the index, with its connections. Replaced as a whole when the index is built anew.
final class IndexFile: Sendable {
    private struct State {
        /// Where each partition goes on; moves after its entries are there.
        var progress: [Int: Int64]
        /// No segment before this one is left, by partition.
        var pruned: [Int: Int64] = [:]
        var isDamaged = false
    }

    /// Whether it was made now.
    let isNew: Bool
    let headers: HashedHeaders
    /// Reads the log and this file beside it.
    let reader: LogReader
    private let writer: IndexWriter
    private let state: Mutex<State>

    /// Opens the file in the log's directory, or makes it.
    /// - Throws: ``IndexFault`` or what SQLite said where it cannot be used.
    init(directory: DataDirectory, logID: String, headers: [String], table: LogTable) throws {
        try directory.makeFile(IndexSchema.fileName)
        let path = directory.path + "/" + IndexSchema.fileName
        var options = GRDB.Configuration()
        options.busyMode = .timeout(5)
        options.label = "index.writer"
        options.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: options)
        var isNew = false
        var seed: UInt64 = 0
        var progress: [Int: Int64] = [:]
        try database.writeWithoutTransaction { database in
            try IndexSchema.configureWriter(database)
            isNew = try IndexSchema.prepare(database, logID: logID, headers: headers)
            seed = try IndexSchema.seed(database)
            try Self.forgetCompacted(database, table)
            progress = try Self.progress(database, table)
        }
        self.isNew = isNew
        self.headers = HashedHeaders(names: headers, seed: seed)
        self.writer = IndexWriter(database)
        self.reader = try LogReader(path: directory.path + "/" + LogSchema.fileName, indexPath: path)
        self.state = Mutex(State(progress: progress))
    }

    /// Compaction takes records out of the middle, and their entries stay: such partitions are small, and are indexed
    /// afresh.
    private static func forgetCompacted(_ database: Database, _ table: LogTable) throws {
        let ids = table.topics.values.filter(\.specification.isCompacted).flatMap(\.partitionIDs)
        try database.inTransaction(.immediate) {
            for id in ids {
                try database.execute(sql: "DELETE FROM entry WHERE partition_id = ?", arguments: [id])
                try database.execute(sql: "DELETE FROM progress WHERE partition_id = ?", arguments: [id])
            }
            return .commit
        }
    }

    private static func progress(_ database: Database, _ table: LogTable) throws -> [Int: Int64] {
        var progress: [Int: Int64] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT partition_id, next_offset FROM progress") {
            let (id, next): (Int, Int64) = (row[0], row[1])
            guard table.partitions.indices.contains(id), next <= table.partitions[id].end else {
                throw IndexFault("it is ahead of the log")
            }
            progress[id] = next
        }
        return progress
    }

    /// Up to where each partition is indexed.
    var progress: [Int: Int64] { self.state.withLock { $0.progress } }

    /// Whether somebody found the file damaged.
    var isDamaged: Bool {
        get { self.state.withLock { $0.isDamaged } }
        set { self.state.withLock { $0.isDamaged = newValue } }
    }

    func write(_ batch: IndexBatch) async throws(EventLogError) {
        do throws(EventLogError) { try await self.writer.write(batch) } catch { throw self.judged(error) }
        self.state.withLock { state in
            for (id, next) in batch.progress { state.progress[id] = max(state.progress[id] ?? 0, next) }
        }
    }

    /// Takes away one segment that retention has passed; false where there is none.
    /// - Parameter starts: the first kept offset of each partition.
    func prune(_ starts: [(partitionID: Int, start: Int64)]) async throws(EventLogError) -> Bool {
        for (id, start) in starts {
            let segment = start >> IndexSchema.segmentShift
            guard self.state.withLock({ $0.pruned[id] ?? 0 }) < segment else { continue }
            do throws(EventLogError) {
                if try await self.writer.deleteSegment(of: id, before: segment) { return true }
            } catch { throw self.judged(error) }
            self.state.withLock { $0.pruned[id] = segment }
        }
        return false
    }

    /// Notes the damage that an error tells of.
    private func judged(_ error: EventLogError) -> EventLogError {
        if IndexFault(error) != nil { self.isDamaged = true }
        return error
    }

    func close() async {
        await self.reader.close()
        await self.writer.close()
    }
}
