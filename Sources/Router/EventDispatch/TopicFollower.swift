import EventLog
import Logging
import ServiceLifecycle
import Synchronization

/// Applies every record of one partition once, in order, to what this process keeps in memory of it, whoever wrote it.
///
/// ``catchUp()`` brings the memory up to what was appended before the call: an answer that is made after it is the same
/// whichever process is asked. ``run()`` follows without being asked.
final class TopicFollower: Sendable {
    private static let recordsMax = 1_000
    private static let bytesMax = 4 << 20
    /// How long a fault of the log is waited out before the next try, in milliseconds.
    private static let retryMilliseconds: Int64 = 200
    /// How long ``catchUp(past:)`` waits, in milliseconds.
    private static let settleMillisecondsMax: Int64 = 10_000
    /// How long a call waits while somebody else applies.
    static let waitMax = Duration.seconds(5)
    private let log: any EventLog
    private let topicPartition: TopicPartition
    private let logger: Logger
    private let apply: @Sendable (RecordBatch.Element) async throws(EventLogError) -> Void
    /// Held by who applies.
    private let gate = SerialGate()
    private let next = Mutex<Offset?>(nil)

    /// - Parameter apply: called for one record after the other; the next one waits for it. Where it throws, it is
    ///   called for the same record again.
    init(
        log: any EventLog, topicPartition: TopicPartition, logger: Logger,
        apply: @escaping @Sendable (RecordBatch.Element) async throws(EventLogError) -> Void
    ) {
        self.log = log
        self.topicPartition = topicPartition
        self.logger = logger
        self.apply = apply
    }

    /// Where the next record to apply lies; nil before the first read.
    var position: Offset? { self.next.withLock { $0 } }

    /// Begins at an offset: what lies before was applied in another way.
    func begin(at offset: Offset) { self.next.withLock { $0 = offset } }

    /// Applies everything that was appended before this call.
    /// - Throws: ``EventLogError`` where the partition cannot be read, or a record cannot be applied now;
    ///   `unavailable` also after five seconds of waiting for others who apply.
    func catchUp() async throws(EventLogError) {
        let bounds = try await self.log.bounds(of: self.topicPartition)
        if let position, position >= bounds.end { return }
        guard await self.gate.enter(waitMax: Self.waitMax) else { throw .busy }
        defer { self.gate.leave() }
        while true {
            let from = max(self.position ?? bounds.start, bounds.start)
            guard from < bounds.end else { return self.begin(at: from) }
            guard try await self.step(from: from, waitMax: .zero) else { return }
        }
    }

    /// Applies everything up to and with a record that this process has appended. It is durable: a fault of reading it
    /// back, and a broker that tells of an earlier end, are waited out for a while.
    /// - Parameter offset: the record's; nil: there is none to wait for.
    /// - Throws: ``EventLogError`` where it cannot be read back in ten seconds.
    func catchUp(past offset: Offset?) async throws(EventLogError) {
        guard let offset else { return }
        let deadline = DispatchClock.monotonicMilliseconds + Self.settleMillisecondsMax
        var fault = EventLogError(.unavailable, "what was stored cannot be read back yet")
        while (self.position ?? .zero) <= offset {
            do throws(EventLogError) {
                try await self.catchUp()
                if (self.position ?? .zero) > offset { return }
            } catch { fault = error }
            guard DispatchClock.monotonicMilliseconds < deadline, !Task.isCancelled else { throw fault }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Follows until the task is cancelled; faults of the log are waited out.
    func run() async {
        var isFailing = false
        while !Task.isCancelled {
            do throws(EventLogError) {
                try await self.follow()
                isFailing = false
            } catch {
                if error.code == .closed { return }
                if !isFailing {
                    isFailing = true
                    self.logger.warning(
                        "an internal topic cannot be followed and is tried again",
                        metadata: ["topic": "\(self.topicPartition.topic)", "error": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
            }
        }
    }

    /// The same where other processes write to the log too; elsewhere nobody else changes anything, and it only waits.
    func runWhereShared() async {
        guard self.log.isShared else {
            try? await gracefulShutdown()
            return
        }
        await self.run()
    }

    /// Waits for records without holding the gate, and applies them where nobody else has meanwhile.
    private func follow() async throws(EventLogError) {
        guard let from = self.position else { return try await self.catchUp() }
        let batch: RecordBatch
        do throws(EventLogError) {
            batch = try await self.log.fetch(
                self.topicPartition, from: from, maxRecords: Self.recordsMax, maxBytes: Self.bytesMax,
                waitMax: .seconds(5))
        } catch {
            guard error.code == .offsetOutOfRange else { throw error }
            return try await self.catchUp()
        }
        guard await self.gate.enter(waitMax: Self.waitMax) else { return }
        defer { self.gate.leave() }
        if self.position == from { try await self.apply(batch) }
    }

    /// Reads and applies once; false where there is nothing to read.
    private func step(from: Offset, waitMax: Duration) async throws(EventLogError) -> Bool {
        let batch = try await self.log.fetch(
            self.topicPartition, from: from, maxRecords: Self.recordsMax, maxBytes: Self.bytesMax, waitMax: waitMax)
        guard batch.next > from else { return false }
        try await self.apply(batch)
        return true
    }

    private func apply(_ batch: RecordBatch) async throws(EventLogError) {
        for element in batch.records {
            try await self.apply(element)
            self.begin(at: element.offset.next)
        }
        self.begin(at: batch.next)
    }
}

extension EventLogError {
    /// Somebody else has been at work for too long.
    static var busy: Self {
        EventLogError(.unavailable, "what others wrote is still being taken over here: try again")
    }
}
