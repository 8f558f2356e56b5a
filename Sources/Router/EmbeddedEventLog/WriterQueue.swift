import DequeModule
import EventLog

/// What waits for the writer, bounded, and what the writer did. A value; its owner locks it.
struct WriterQueue: Sendable {
    /// What one transaction of the writer does: many requests that share it, or one that has it alone.
    struct Turn: Sendable {
        var requests: [WriterRequest] = []
        var load = QueueLoad()
        var appended = QueueLoad()

        mutating func add(_ request: WriterRequest) {
            self.requests.append(request)
            self.load += request.load
            if case .append(let append) = request { self.appended += append.load }
        }
    }

    private var requests: Deque<WriterRequest> = []
    /// Steps of the sweep: one between two transactions of callers.
    private var maintenance: Deque<any WriterWork> = []
    private var isMaintenanceNext = false
    /// Whether the writer has been called and has not run dry since.
    private var isRunning = false
    private(set) var isClosed = false
    private(set) var load = QueueLoad()
    private(set) var statistics = WriterStatistics()

    private let loadMax: QueueLoad
    private let turnMax: QueueLoad

    init(_ configuration: EmbeddedEventLogConfiguration) {
        self.loadMax = QueueLoad(
            records: configuration.appendQueueRecordsMax, bytes: configuration.appendQueueBytesMax)
        self.turnMax = QueueLoad(
            records: configuration.commitBatchRecordsMax, bytes: configuration.commitBatchBytesMax)
    }

    /// Queues a request. True: the writer is idle and must be called.
    /// - Throws: `overloaded` where it does not fit beside what waits; `closed`.
    mutating func enqueue(_ request: WriterRequest) throws(EventLogError) -> Bool {
        guard !self.isClosed else { throw .logClosed }
        // Positions find room where appends do not: held up, they would be repeated after a crash, and more of them
        // with every second of overload.
        var max = self.loadMax
        if case .shared = request { max += self.loadMax }
        var load = self.load
        load += request.load
        guard
            self.requests.isEmpty && self.load.records == 0
                || load.records <= max.records && load.bytes <= max.bytes
        else {
            throw EventLogError(
                .overloaded,
                "\(self.load.records) records (\(self.load.bytes) bytes) wait for the disk: come again later")
        }
        self.load = load
        self.requests.append(request)
        return self.start()
    }

    /// Queues a step of the sweep. True: the writer is idle and must be called.
    mutating func enqueue(maintenance work: any WriterWork) throws(EventLogError) -> Bool {
        guard !self.isClosed else { throw .logClosed }
        self.maintenance.append(work)
        return self.start()
    }

    private mutating func start() -> Bool {
        defer { self.isRunning = true }
        return !self.isRunning
    }

    /// The next turn, or nil: the writer has run dry and must be called again.
    mutating func next() -> Turn? {
        var turn = Turn()
        if self.isMaintenanceNext || self.requests.isEmpty, let work = self.maintenance.popFirst() {
            self.isMaintenanceNext = false
            turn.add(.exclusive(work))
            return turn
        }
        guard let first = self.requests.popFirst() else {
            self.isRunning = false
            return nil
        }
        self.isMaintenanceNext = true
        turn.add(first)
        if case .exclusive = first { return turn }
        while let request = self.requests.first {
            if case .exclusive = request { return turn }
            var load = turn.load
            load += request.load
            guard load.records <= self.turnMax.records, load.bytes <= self.turnMax.bytes else { return turn }
            turn.add(request)
            self.requests.removeFirst()
        }
        return turn
    }

    /// A turn ended: what it took no longer waits.
    mutating func settle(_ turn: Turn, isCommitted: Bool, latency: Duration) {
        self.load -= turn.load
        self.statistics.transactions += 1
        self.statistics.transactionTime += latency
        if isCommitted {
            self.statistics.appendedRecords += Int64(turn.appended.records)
            self.statistics.appendedBytes += Int64(turn.appended.bytes)
        } else {
            self.statistics.failedTransactions += 1
        }
    }

    /// Takes nothing in any more; what is queued will still be done.
    mutating func close() { self.isClosed = true }
}

/// What the writer did since the log was opened.
struct WriterStatistics: Sendable {
    var appendedRecords: Int64 = 0
    var appendedBytes: Int64 = 0
    var transactions: Int64 = 0
    var failedTransactions: Int64 = 0
    var transactionTime: Duration = .zero
}
