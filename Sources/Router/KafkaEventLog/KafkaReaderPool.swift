import CRdKafka
import EventLog
import Logging
import Synchronization

/// Clients that read, and who of them reads which partition where.
///
/// A client reads a partition at one place only: who reads the same one elsewhere needs another client. Who goes on
/// where it was gets the same cursor again, with what was fetched ahead for it. Those that follow the end of a
/// partition have clients of their own: a broker holds their requests while nothing comes, and what else their client
/// wants waits.
final class KafkaReaderPool: Sendable {
    private struct Slot {
        let cursor: KafkaCursor
        var isBusy: Bool
        var idleSince: ContinuousClock.Instant
    }

    /// `@unchecked Sendable`: the topic handles of librdkafka may be used from any thread.
    private struct Reader: @unchecked Sendable {
        let handle: KafkaHandle
        let follows: Bool
        var topics: [Topic: OpaquePointer] = [:]
        var slots: [TopicPartition: Slot] = [:]
    }

    private struct State {
        var readers: [Reader] = []
        var waiters: [KafkaSignal] = []
        var isClosed = false
    }

    /// A cursor that was acquired, and its client.
    struct Lease: Sendable {
        let cursor: KafkaCursor
        fileprivate let reader: Int
    }

    /// Clients that follow ends, besides those of ``KafkaEventLogConfiguration/readersMax``: the tail, the index, the
    /// followers of internal topics, and streams.
    private static let followersMax = 4
    /// A cursor that nobody goes on with for so long may be taken to another place.
    private static let idleBeforeReuse = Duration.seconds(2)
    /// A cursor that nobody goes on with for so long is given up: it would go on fetching at the end.
    private static let idleBeforeStop = Duration.seconds(10)
    private let configuration: KafkaEventLogConfiguration
    private let logger: Logger
    private let calls: BlockingCalls
    private let state = Mutex(State())

    init(_ configuration: KafkaEventLogConfiguration, _ calls: BlockingCalls, logger: Logger) {
        self.configuration = configuration
        self.calls = calls
        self.logger = logger
    }

    /// A cursor at an offset, for the caller alone until ``release(_:)``.
    ///
    /// - Parameter follows: whether the caller may wait at the end.
    /// - Throws: `overloaded` where all clients are busy with this partition until the deadline; `closed`.
    func acquire(
        _ topicPartition: TopicPartition, at offset: Int64, follows: Bool, until deadline: ContinuousClock.Instant
    ) async throws(EventLogError) -> Lease {
        while true {
            let waiter = KafkaSignal()
            let lease = try self.state.withLock { (state) throws(EventLogError) -> Lease? in
                guard !state.isClosed else { throw EventLogError(.closed, "the log is closed") }
                if let lease = try self.find(topicPartition, at: offset, follows: follows, in: &state) { return lease }
                state.waiters.append(waiter)
                return nil
            }
            if let lease { return lease }
            await waiter.wait(until: deadline)
            self.state.withLock { state in state.waiters.removeAll { $0 === waiter } }
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw EventLogError(
                    .overloaded, "too many read \(topicPartition) at different places: come again later")
            }
        }
    }

    private func find(
        _ topicPartition: TopicPartition, at offset: Int64, follows: Bool, in state: inout State
    ) throws(EventLogError) -> Lease? {
        let kind = state.readers.indices.filter { state.readers[$0].follows == follows }
        let free = kind.filter { state.readers[$0].slots[topicPartition].map { !$0.isBusy } ?? false }
        if let index = free.first(where: { state.readers[$0].slots[topicPartition]?.cursor.position == offset }) {
            return self.lease(index, topicPartition, in: &state)
        }
        let now = ContinuousClock.now
        let idle = free.first { index in
            state.readers[index].slots[topicPartition].map { $0.idleSince.duration(to: now) > Self.idleBeforeReuse }
                ?? false
        }
        if let index = idle { return try self.seek(index, topicPartition, to: offset, in: &state) }
        if let index = kind.first(where: { state.readers[$0].slots[topicPartition] == nil }) {
            return try self.open(index, topicPartition, at: offset, in: &state)
        }
        if kind.count < (follows ? Self.followersMax : self.configuration.readersMax) {
            let settings = KafkaSettings.reader(self.configuration, waitMilliseconds: follows ? 100 : 10)
            state.readers.append(
                Reader(handle: try KafkaHandle(.consumer, settings, logger: self.logger), follows: follows))
            return try self.open(state.readers.count - 1, topicPartition, at: offset, in: &state)
        }
        guard let index = free.first else { return nil }
        return try self.seek(index, topicPartition, to: offset, in: &state)
    }

    private func lease(_ index: Int, _ topicPartition: TopicPartition, in state: inout State) -> Lease? {
        guard let slot = state.readers[index].slots[topicPartition] else { return nil }
        state.readers[index].slots[topicPartition]?.isBusy = true
        return Lease(cursor: slot.cursor, reader: index)
    }

    private func seek(
        _ index: Int, _ topicPartition: TopicPartition, to offset: Int64, in state: inout State
    ) throws(EventLogError) -> Lease? {
        guard let slot = state.readers[index].slots[topicPartition] else { return nil }
        try slot.cursor.seek(to: offset)
        return self.lease(index, topicPartition, in: &state)
    }

    private func open(
        _ index: Int, _ topicPartition: TopicPartition, at offset: Int64, in state: inout State
    ) throws(EventLogError) -> Lease {
        let handle = state.readers[index].handle
        let name = topicPartition.topic
        guard let topic = state.readers[index].topics[name] ?? rd_kafka_topic_new(handle.pointer, name.name, nil) else {
            throw EventLogError(kafka: rd_kafka_last_error(), "topic '\(name)' cannot be read")
        }
        state.readers[index].topics[name] = topic
        let cursor = try KafkaCursor(handle, topic: topic, topicPartition, at: offset)
        state.readers[index].slots[topicPartition] = Slot(cursor: cursor, isBusy: true, idleSince: .now)
        return Lease(cursor: cursor, reader: index)
    }

    /// Gives a cursor back.
    func release(_ lease: Lease) {
        let waiters = self.state.withLock { state in
            state.readers[lease.reader].slots[lease.cursor.topicPartition]?.isBusy = false
            state.readers[lease.reader].slots[lease.cursor.topicPartition]?.idleSince = .now
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.set() }
    }

    /// Gives up cursors that nobody goes on with. To be called now and then.
    func sweep() {
        let now = ContinuousClock.now
        let leases = self.state.withLock { state -> [Lease] in
            guard !state.isClosed else { return [] }
            var leases: [Lease] = []
            for index in state.readers.indices {
                for (topicPartition, slot) in state.readers[index].slots
                where !slot.isBusy && slot.idleSince.duration(to: now) > Self.idleBeforeStop {
                    state.readers[index].slots[topicPartition]?.isBusy = true
                    leases.append(Lease(cursor: slot.cursor, reader: index))
                }
            }
            return leases
        }
        guard !leases.isEmpty else { return }
        self.calls.submit { for lease in leases { self.drop(lease) } }
    }

    /// Gives up a cursor that is of no use any more. For a blocking thread.
    private func drop(_ lease: Lease) {
        lease.cursor.stop()
        let waiters = self.state.withLock { state in
            state.readers[lease.reader].slots[lease.cursor.topicPartition] = nil
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.set() }
    }

    /// Gives back a cursor that failed: the next reader begins anew.
    func discard(_ lease: Lease) { self.calls.submit { self.drop(lease) } }

    /// Lets nobody acquire any more, wakes who waits, and frees what is free. Called until it says true: then nothing
    /// is left. For a blocking thread.
    func close() -> Bool {
        let (leases, waiters) = self.state.withLock { state -> ([Lease], [KafkaSignal]) in
            state.isClosed = true
            var leases: [Lease] = []
            var waiters = state.waiters
            for index in state.readers.indices {
                for (topicPartition, slot) in state.readers[index].slots {
                    if slot.isBusy {
                        waiters.append(slot.cursor.signal)
                        continue
                    }
                    state.readers[index].slots[topicPartition]?.isBusy = true
                    leases.append(Lease(cursor: slot.cursor, reader: index))
                }
            }
            return (leases, waiters)
        }
        for waiter in waiters { waiter.set() }
        for lease in leases { self.drop(lease) }
        let readers = self.state.withLock { state -> [Reader]? in
            guard state.readers.allSatisfy({ $0.slots.isEmpty }) else { return nil }
            defer { state.readers = [] }
            return state.readers
        }
        guard let readers else { return false }
        for reader in readers {
            for topic in reader.topics.values { rd_kafka_topic_destroy(topic) }
            reader.handle.destroy()
        }
        return true
    }

    var isClosed: Bool { self.state.withLock { $0.isClosed } }
}
