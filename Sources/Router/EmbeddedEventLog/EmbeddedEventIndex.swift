import EventIndexProjection
import EventLog
import GRDB
import Logging
import SQLiteFiles
import ServiceLifecycle
import Synchronization

/// The index of the embedded log: finds records by the values of some headers.
///
/// A projection in a file of its own beside the log, behind it by a moment: `run()` reads headers in batches and
/// writes their hashes, and rests seven times as long as it worked, so that it takes an eighth of one core at most.
/// Lookups read what is not indexed yet from the log, so they miss nothing. A file that is missing, damaged, or of
/// another log is built anew; until that is done, and where the file cannot be written, lookups take longer.
///
/// Made after the log and closed before it.
public final class EmbeddedEventIndex: EventIndex, Service {
    private struct State {
        /// nil: it could not be opened, or is closed.
        var file: IndexFile?
        var agenda = IndexAgenda()
        var isFailing = false
        var isClosed = false
    }

    /// Records of one transaction at most.
    static let batchRecordsMax = 16_384
    /// How long the indexer rests after a batch, in times of what the batch took.
    static let restFactor = 7
    /// How long it rests when the file cannot be written.
    static let retryInterval = Duration.seconds(30)

    let table: SharedLogTable
    /// The indexer's connection to the log; lookups use it where there is no file.
    let source: LogReader
    private let configuration: EmbeddedEventLogConfiguration
    private let directory: DataDirectory
    private let logger: Logger
    private let logID: String
    private let state = Mutex(State())

    /// Opens the index of a log, and makes it where there is none. Blocks while it reads the file. The log's
    /// configuration says what is indexed; `isIndexed` is for the owner to ask.
    /// - Throws: ``EventLogError`` where the log cannot be read. An index that cannot be written is no error: it is
    ///   said in the log lines, and lookups scan.
    public init(log: EmbeddedEventLog) throws(EventLogError) {
        self.table = log.table
        self.configuration = log.configuration
        self.directory = log.directory
        self.logger = log.logger
        do {
            self.source = try LogReader(path: log.configuration.directory + "/" + LogSchema.fileName)
            let logID = try self.source.database.read { database in
                try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'log_id'")
            }
            self.logID = logID ?? ""
        } catch {
            throw EventLogError(sqlite: error)
        }
        do { _ = try self.openFile() } catch { self.fail(error) }
    }

    /// Keeps the index up with the log until the task is cancelled or a graceful shutdown begins.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let rest = await self.work()
                // Ends early only when cancelled.
                try? await Task.sleep(for: rest)
            }
        }
    }

    /// Indexes all that is in the log now, without rest, and takes away what retention has passed. `run()` does this at
    /// its own pace; tests call it.
    /// - Throws: ``EventLogError`` where the log cannot be read or the index not be written.
    public func catchUp() async throws(EventLogError) {
        let file = try await self.usableFile()
        while true {
            let remainders = self.remainders(file).filter { $0.count > 0 }
            if remainders.isEmpty { break }
            try await self.index(remainders, file)
        }
        while try await file.prune(self.starts) {}
    }

    /// Records that are in the log and not in the index.
    public var lag: Int64 {
        self.remainders(self.file).reduce(0) { $0 + $1.count }
    }

    /// Closes the files. Later lookups fail with `closed`. The log has to be closed after.
    public func close() async {
        let file = self.state.withLock { state in
            defer { state.file = nil }
            state.isClosed = true
            return state.file
        }
        await file?.close()
        await self.source.close()
    }

    /// The file as it is now; nil: lookups have to scan.
    var file: IndexFile? { self.state.withLock { $0.file } }

    // MARK: Indexing

    /// Does some of what is due and says how long to rest.
    func work() async -> Duration {
        let interval = self.configuration.indexInterval
        let start = ContinuousClock.now
        do throws(EventLogError) {
            let file = try await self.usableFile()
            let remainders = self.remainders(file)
            let due = self.state.withLock { $0.agenda.due(remainders, at: start, interval: interval) }
            if !due.isEmpty { try await self.index(due, file) }
            let isPruned = try await file.prune(self.starts)
            guard !due.isEmpty || isPruned else { return interval }
            self.state.withLock { $0.isFailing = false }
            return (ContinuousClock.now - start) * Self.restFactor
        } catch {
            // The next round builds it anew.
            if self.file?.isDamaged ?? false { return interval }
            self.fail(error)
            return max(interval, Self.retryInterval)
        }
    }

    /// Reads one batch of the remainders, in their order, and writes its entries.
    private func index(_ remainders: [IndexAgenda.Remainder], _ file: IndexFile) async throws(EventLogError) {
        let headers = file.headers
        let batch = try await self.source.read { reader, connection in
            var batch = IndexBatch()
            for remainder in remainders where batch.records < Self.batchRecordsMax {
                try reader.index(
                    connection, remainder.partitionID, from: remainder.from, end: remainder.end,
                    recordsMax: Self.batchRecordsMax - batch.records, headers, into: &batch)
            }
            batch.sort()
            return batch
        }
        try await file.write(batch)
    }

    /// What of each indexed partition waits.
    private func remainders(_ file: IndexFile?) -> [IndexAgenda.Remainder] {
        let progress = file?.progress ?? [:]
        let suffixes = self.configuration.unindexedTopicSuffixes
        return self.table.withLock { table in
            table.partitions.compactMap { partition in
                let name = partition.topicPartition.topic.name
                if suffixes.contains(where: { name.hasSuffix($0) }) { return nil }
                return IndexAgenda.Remainder(
                    partitionID: partition.id, from: max(progress[partition.id] ?? 0, partition.start),
                    end: max(partition.start, partition.end))
            }
        }
    }

    private var starts: [(partitionID: Int, start: Int64)] {
        self.table.withLock { table in table.partitions.map { ($0.id, $0.start) } }
    }

    // MARK: The file

    /// The file, opened where it is not, built anew where it is damaged.
    private func usableFile() async throws(EventLogError) -> IndexFile {
        if let file = self.file {
            guard file.isDamaged else { return file }
            self.state.withLock { $0.file = nil }
            await file.close()
            self.directory.removeDatabase(IndexSchema.fileName)
            return try await self.source.read { _, _ in try self.openFile(after: IndexFault("it is damaged")) }
        }
        return try await self.source.read { _, _ in try self.openFile() }
    }

    /// Opens the file; one that cannot be used is deleted and made anew.
    private func openFile(after fault: IndexFault? = nil) throws -> IndexFile {
        var fault = fault
        var file: IndexFile
        let table = self.table.withLock { $0 }
        do {
            file = try self.makeFile(table)
        } catch {
            guard let found = IndexFault(error) else { throw error }
            fault = fault ?? found
            self.directory.removeDatabase(IndexSchema.fileName)
            file = try self.makeFile(table)
        }
        let isClosed = self.state.withLock { state in
            if !state.isClosed { state.file = file }
            return state.isClosed
        }
        guard !isClosed else { throw EventLogError.logClosed }
        let records = self.remainders(file).reduce(0) { $0 + $1.count }
        if file.isNew, records > 0 {
            self.logger.notice(
                "the index is built anew from the log: \(fault?.description ?? "there was none")",
                metadata: ["records": "\(records)"])
        }
        return file
    }

    private func makeFile(_ table: LogTable) throws -> IndexFile {
        try IndexFile(
            directory: self.directory, logID: self.logID, headers: self.configuration.indexedHeaders, table: table)
    }

    private func fail(_ error: any Error) {
        let isFirst = self.state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing && !state.isClosed
        }
        if isFirst {
            self.logger.warning(
                "the index cannot be written; searches read the log instead", metadata: ["error": "\(error)"])
        }
    }
}
