import Dispatch
import EventLog
import Logging
import SQLiteFiles
import ServiceLifecycle
import Synchronization

/// The index of a log that several processes share: finds records by the values of some headers, whoever is assigned
/// the partition.
///
/// A projection in a file of its own, fed through the seam and behind the log by a moment: `run()` reads all partitions
/// of some topics in batches, and rests some times as long as it worked. Lookups read what is not indexed yet from the
/// log, so they miss nothing. A file that is missing, damaged, or of another log is built anew, a partition whose topic
/// was made anew is too; until that is done, and where the file cannot be written, lookups take longer.
///
/// The file has 128 bits of a keyed hash for each value, and the record's time: a lookup answers from them alone, and
/// no record is read for what was found. Two values that share a hash are not to be expected in any number of records.
/// It takes some 53 bytes for each record with an id and a correlation id.
///
/// Made after the log and closed before it.
public final class LogEventIndex: EventIndex, Service {
    struct State {
        /// nil: it could not be opened, or is closed.
        var store: IndexStore?
        /// What each followed partition held when it was looked at last.
        var bounds: [TopicPartition: OffsetBounds] = [:]
        var agenda = IndexAgenda()
        var listedAt: ContinuousClock.Instant?
        var lookedAt: ContinuousClock.Instant?
        var isFailing = false
        var isClosed = false
    }

    /// How long it rests when the log cannot be read or the file cannot be written.
    private static let retryInterval = Duration.seconds(10)

    let log: any EventLog
    let configuration: LogEventIndexConfiguration
    let state = Mutex(State())
    private let directory: DataDirectory
    private let logger: Logger
    private let makeHasher: @Sendable (RecordHasher.Key) -> RecordHasher

    /// Opens the index of a log, and makes it where there is none. Blocks while it opens the file; the log is not read.
    /// - Throws: ``EventLogError`` `unavailable` where the directory cannot be had, or another process has it. A file
    ///   that cannot be written is no error: it is said in the log lines, and lookups read the log.
    public convenience init(
        log: any EventLog, configuration: LogEventIndexConfiguration, logger: Logger = Logger(label: "portarium")
    ) throws(EventLogError) {
        let headers = configuration.indexedHeaders
        try self.init(log: log, configuration: configuration, logger: logger) {
            RecordHasher(headers: headers, key: $0)
        }
    }

    /// With other hashes than those of the file's key, for tests.
    init(
        log: any EventLog, configuration: LogEventIndexConfiguration, logger: Logger,
        makeHasher: @escaping @Sendable (RecordHasher.Key) -> RecordHasher
    ) throws(EventLogError) {
        self.log = log
        self.configuration = configuration
        self.logger = logger
        self.makeHasher = makeHasher
        self.directory = try DataDirectory(path: configuration.directory)
        do { _ = try self.openStore() } catch { self.fail(error) }
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
        do {
            let store = try await self.usableStore()
            try await self.look(store, isForced: true)
            while true {
                let remainders = self.remainders(store).filter { $0.count > 0 }
                if remainders.isEmpty { break }
                try Task.checkCancellation()
                try await self.index(remainders, store)
            }
            while try await store.prune(self.starts) {}
        } catch let error as EventLogError {
            throw error
        } catch {
            throw EventLogError(.unavailable, "the index cannot be brought up with the log", cause: error)
        }
    }

    /// Records that are in the log and not in the index, by the ends of the partitions when they were looked at last.
    public var lag: Int64 {
        let store = self.store
        return self.remainders(store).reduce(0) { $0 + $1.count }
    }

    /// Closes the file and lets go of its directory. Later lookups fail with `closed`. The log has to be closed after.
    public func close() async {
        let store = self.state.withLock { state in
            defer { state.store = nil }
            state.isClosed = true
            return state.store
        }
        await store?.close()
        self.directory.release()
    }

    /// The file as it is now; nil: lookups have to read the log.
    var store: IndexStore? { self.state.withLock { $0.store } }

    /// Does some of what is due and says how long to rest.
    func work() async -> Duration {
        let interval = self.configuration.interval
        let start = ContinuousClock.now
        do {
            let store = try await self.usableStore()
            // What is known of the other partitions is indexed also where one cannot be looked at.
            var fault: (any Error)?
            do { try await self.look(store, isForced: false) } catch { fault = error }
            let remainders = self.remainders(store)
            let due = self.state.withLock { $0.agenda.due(remainders, at: start, interval: interval) }
            if !due.isEmpty { try await self.index(due, store) }
            let isPruned = try await store.prune(self.starts)
            if let fault { throw fault }
            self.state.withLock { $0.isFailing = false }
            guard !due.isEmpty || isPruned else { return interval }
            return (ContinuousClock.now - start) * self.configuration.restFactor
        } catch {
            // The next round builds it anew.
            if self.store?.isDamaged ?? false { return interval }
            if Task.isCancelled { return interval }
            self.fail(error)
            return max(interval, Self.retryInterval)
        }
    }

    // MARK: The file

    /// The file, opened where it is not, built anew where it is damaged.
    private func usableStore() async throws -> IndexStore {
        var fault: IndexFault?
        if let store = self.store {
            guard store.isDamaged else { return store }
            self.state.withLock { $0.store = nil }
            await store.close()
            self.directory.removeDatabase(ProjectionSchema.fileName)
            fault = IndexFault("it is damaged")
        }
        let reason = fault
        return try await withCheckedThrowingContinuation { continuation in
            // Blocks, so not on a thread of the cooperative pool.
            DispatchQueue.global().async { continuation.resume(with: Result { try self.openStore(after: reason) }) }
        }
    }

    /// Opens the file; one that cannot be used is deleted and made anew.
    private func openStore(after fault: IndexFault? = nil) throws -> IndexStore {
        var fault = fault
        var store: IndexStore
        do {
            store = try self.makeStore()
        } catch {
            guard let found = IndexFault(error) else { throw error }
            fault = fault ?? found
            self.directory.removeDatabase(ProjectionSchema.fileName)
            store = try self.makeStore()
        }
        let isClosed = self.state.withLock { state in
            if !state.isClosed {
                state.store = store
                // The partitions have to be entered.
                state.listedAt = nil
            }
            return state.isClosed
        }
        guard !isClosed else { throw EventLogError(.closed, "the index is closed") }
        if store.isNew {
            self.logger.notice("the index is built anew from the log: \(fault?.description ?? "there was none")")
        }
        return store
    }

    private func makeStore() throws -> IndexStore {
        try IndexStore(
            directory: self.directory, logID: self.configuration.logID, headers: self.configuration.indexedHeaders,
            makeHasher: self.makeHasher)
    }

    /// A topic that was made anew: what was indexed of it is of another one.
    func tellForgotten(_ topicPartition: TopicPartition) {
        self.logger.notice(
            "a partition is indexed anew: its records are not those that were indexed",
            metadata: ["partition": "\(topicPartition)"])
    }

    private func fail(_ error: any Error) {
        let isFirst = self.state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing && !state.isClosed
        }
        if isFirst {
            self.logger.warning(
                "the index cannot be kept up with the log; searches read the log meanwhile",
                metadata: ["error": "\(error)"])
        }
    }
}
