import EventLog
import GRDB
import Logging
import SQLiteFiles
import Synchronization

/// The one writer of the log: puts all that waits into one synced transaction, then answers everyone together.
///
/// Runs on the serial queue of its connection, off the cooperative pool; idle, it costs nothing.
final class LogWriter: Sendable {
    private let database: DatabaseQueue
    private let connection: Mutex<WriterConnection?>
    private let queue: Mutex<WriterQueue>
    private let table: SharedLogTable
    private let observer: (any EmbeddedEventLogObserver)?
    private let checkpoints: Mutex<CheckpointPlan>
    private let copier: CheckpointCopier

    init(
        _ database: DatabaseQueue, _ connection: WriterConnection, _ copier: CheckpointCopier, _ table: SharedLogTable,
        _ configuration: EmbeddedEventLogConfiguration, _ observer: (any EmbeddedEventLogObserver)?
    ) {
        self.copier = copier
        self.checkpoints = Mutex(CheckpointPlan(pagesEach: configuration.checkpointPages))
        self.observer = observer
        self.database = database
        self.connection = Mutex(connection)
        self.table = table
        self.queue = Mutex(WriterQueue(configuration))
    }

    /// Appends records, and returns their offsets when they are durable.
    func append(
        _ records: [ProducerRecord], to partitionIDs: [Int], bytes: Int
    ) async throws(EventLogError) -> [Int64] {
        let result = await withCheckedContinuation { continuation in
            let request = AppendRequest(
                records: records, partitionIDs: partitionIDs, load: QueueLoad(records: records.count, bytes: bytes),
                continuation: continuation)
            do throws(EventLogError) {
                try self.enqueue(.append(request))
            } catch {
                continuation.resume(returning: Result<[Int64], EventLogError>.failure(error))
            }
        }
        return try result.get()
    }

    /// Which transaction work runs in.
    enum Sharing {
        /// That of the appends around it; fails when they fail.
        case shared(QueueLoad)
        /// One of its own, in the order of the queue.
        case exclusive
        /// One of its own, between those of callers.
        case maintenance
    }

    /// Runs work on the writer's connection, in a transaction, and returns when it is durable.
    func perform<Value: Sendable>(
        _ sharing: Sharing, onCommit: (@Sendable (WriterConnection, Value) -> Void)? = nil,
        _ body: @escaping @Sendable (WriterConnection) throws -> Value
    ) async throws(EventLogError) -> Value {
        let result = await withCheckedContinuation { continuation in
            let work = AwaitedWork(body: body, onCommit: onCommit, continuation: continuation)
            do throws(EventLogError) {
                switch sharing {
                case .shared(let load): try self.enqueue(.shared(work, load))
                case .exclusive: try self.enqueue(.exclusive(work))
                case .maintenance:
                    let mustCall = try self.queue.withLock { (queue) throws(EventLogError) in
                        try queue.enqueue(maintenance: work)
                    }
                    if mustCall { self.call() }
                }
            } catch {
                continuation.resume(returning: Result<Value, EventLogError>.failure(error))
            }
        }
        return try result.get()
    }

    /// Queues work that has a transaction of its own and tells its caller itself.
    func submit(_ work: any WriterWork) throws(EventLogError) { try self.enqueue(.exclusive(work)) }

    /// What waits, and what was done.
    var snapshot: (load: QueueLoad, statistics: WriterStatistics) {
        self.queue.withLock { ($0.load, $0.statistics) }
    }

    /// Takes nothing in any more, does what is queued, and closes the connection.
    func close() async {
        self.queue.withLock { $0.close() }
        await withCheckedContinuation { continuation in
            // Runs behind the turn in progress; what was taken in before is done here at the latest.
            self.database.asyncWriteWithoutTransaction { _ in
                self.drain()
                self.connection.withLock { $0 = nil }
                continuation.resume()
            }
        }
        await self.copier.close()
        await self.database.closeOffPool()
    }

    private func enqueue(_ request: WriterRequest) throws(EventLogError) {
        let mustCall = try self.queue.withLock { (queue) throws(EventLogError) in try queue.enqueue(request) }
        if mustCall { self.call() }
    }

    private func call() {
        self.database.asyncWriteWithoutTransaction { _ in self.drain() }
    }

    private func drain() {
        guard let connection = self.connection.withLock({ $0 }) else { return }
        self.moveRest(connection)
        while let turn = self.queue.withLock({ $0.next() }) {
            self.transact(turn, connection)
            self.checkpoint(connection)
        }
    }

    private func checkpoint(_ connection: WriterConnection) {
        switch self.checkpoints.withLock({ $0.committed(pages: connection.writeAheadPages) }) {
        case .goOn: break
        case .copy:
            self.copier.copy { outcome in
                self.checkpoints.withLock { outcome == .unsynced ? $0.halt() : $0.copyEnded() }
                self.call()
            }
        case .awaitCopy: self.copier.awaitCopy()
        }
        self.moveRest(connection)
    }

    private func moveRest(_ connection: WriterConnection) {
        guard self.checkpoints.withLock({ $0.takeRest() }) else { return }
        if self.copier.checkpoint(connection.handle) == .unsynced { self.checkpoints.withLock { $0.halt() } }
    }

    private func transact(_ turn: WriterQueue.Turn, _ connection: WriterConnection) {
        let start = ContinuousClock.now
        do {
            try connection.begin()
            var offsets: [[Int64]] = []
            for request in turn.requests {
                switch request {
                case .append(let append):
                    offsets.append(try connection.append(append.records, to: append.partitionIDs))
                case .shared(let work, _), .exclusive(let work):
                    try work.run(connection)
                }
            }
            let ends = try connection.commit()
            let latency = ContinuousClock.now - start
            self.queue.withLock { $0.settle(turn, isCommitted: true, latency: latency) }
            if turn.appended.records > 0 {
                self.observer?.appended(
                    records: turn.appended.records, bytes: turn.appended.bytes, duration: latency)
            }
            self.answer(turn, offsets, ends, connection)
        } catch {
            connection.rollback()
            let latency = ContinuousClock.now - start
            self.queue.withLock { $0.settle(turn, isCommitted: false, latency: latency) }
            if turn.appended.records > 0 { self.observer?.appendFailed(records: turn.appended.records) }
            // Twice the bytes and some more stand for what trees and indexes add.
            let pages = Int64(2 * turn.load.bytes / LogSchema.pageBytes + 64)
            let error = EventLogError(sqlite: error, in: connection, pages: pages)
            for request in turn.requests {
                switch request {
                case .append(let append): append.continuation.resume(returning: .failure(error))
                case .shared(let work, _), .exclusive(let work): work.complete(error)
                }
            }
        }
    }

    private func answer(
        _ turn: WriterQueue.Turn, _ offsets: [[Int64]], _ ends: [(id: Int, end: Int64)],
        _ connection: WriterConnection
    ) {
        // Readers see the new ends before the appenders are answered: who appended can fetch what he appended.
        let waiters = self.table.withLock { table in
            var next = 0
            for case .append(let append) in turn.requests {
                table.remember(append.records, offsets: offsets[next], in: append.partitionIDs)
                next += 1
            }
            return table.advanceEnds(ends)
        }
        var next = 0
        for request in turn.requests {
            switch request {
            case .append(let append):
                append.continuation.resume(returning: .success(offsets[next]))
                next += 1
            case .shared(let work, _), .exclusive(let work):
                work.didCommit(connection)
                work.complete(nil)
            }
        }
        for waiter in waiters { waiter.wake() }
    }
}
