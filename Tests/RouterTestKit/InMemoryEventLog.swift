import EventLog
import NIOCore
import Synchronization

/// A correct log in memory, for tests: keeps the contract of ``EventLog``, and can be told to fail or to hang.
public final class InMemoryEventLog: EventLog, EventIndex {
    /// A kind of call that a test can disturb.
    public enum Operation: Hashable, Sendable, CaseIterable {
        case append
        case fetch
        case commit
        case committed
        case createTopic
        case deleteGroup
    }

    /// What happens to the calls of an operation.
    public enum Fault: Sendable {
        /// They throw, and change nothing.
        case fails(EventLogError)
        /// They suspend until the fault is lifted and then go on. A cancelled one throws `unavailable`.
        case hangs
    }

    struct State: Sendable {
        var topics: [Topic: TopicSpecification] = [:]
        var partitions: [TopicPartition: InMemoryPartition] = [:]
        var groups: [ConsumerGroup: [TopicPartition: CommittedOffset]] = [:]
        var spread = 0
        var faults: [Operation: (fault: Fault, remaining: Int)] = [:]
        var calls: [Operation: Int] = [:]
        /// Who waits for an append or for a fault to be lifted; woken all together, they look again.
        var waiters: [InMemoryWaiter] = []

        mutating func wakeAll() -> [InMemoryWaiter] {
            defer { self.waiters = [] }
            return self.waiters
        }
    }

    let state = Mutex(State())
    private let recordBytesMax: Int
    private let clock: any Clock<Duration>

    /// A log without topics; `clock` ends the waits of fetches.
    public init(recordBytesMax: Int = 16 << 20, clock: any Clock<Duration> = ContinuousClock()) {
        self.recordBytesMax = recordBytesMax
        self.clock = clock
    }

    /// Disturbs the next `times` calls of an operation, or with nil lets all go on.
    public func setFault(_ fault: Fault?, on operation: Operation, times: Int = .max) {
        let woken = self.state.withLock { state in
            state.faults[operation] = fault.map { ($0, times) }
            return state.wakeAll()
        }
        for waiter in woken { waiter.wake() }
    }

    /// Calls of an operation so far, those that failed included.
    public func calls(of operation: Operation) -> Int {
        self.state.withLock { $0.calls[operation] ?? 0 }
    }

    /// Tasks that are suspended in a call now.
    public var waiting: Int { self.state.withLock { $0.waiters.count } }

    /// Everything that a partition holds now.
    public func records(of topicPartition: TopicPartition) -> [RecordBatch.Element] {
        self.state.withLock { $0.partitions[topicPartition]?.records ?? [] }
    }

    private func enter(_ operation: Operation) async throws(EventLogError) {
        self.state.withLock { $0.calls[operation, default: 0] += 1 }
        var isCounted = false
        while true {
            let counted = isCounted
            let waiter = InMemoryWaiter()
            let fault: Fault? = self.state.withLock { state in
                guard var entry = state.faults[operation], entry.remaining > 0 || counted else { return nil }
                if !counted {
                    entry.remaining -= 1
                    state.faults[operation] = entry
                }
                if case .hangs = entry.fault { state.waiters.append(waiter) }
                return entry.fault
            }
            isCounted = true
            switch fault {
            case nil: return
            case .fails(let error): throw error
            case .hangs:
                await waiter.wait()
                self.forget(waiter)
                if Task.isCancelled { throw EventLogError(.unavailable, "cancelled while the log hung") }
            }
        }
    }

    private func forget(_ waiter: InMemoryWaiter) {
        self.state.withLock { state in state.waiters.removeAll { $0 === waiter } }
    }

    // MARK: EventLogWriter

    public var appendsAtomically: Bool { true }

    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        try await self.enter(.append)
        let recordBytesMax = self.recordBytesMax
        let (positions, woken) = try self.state.withLock { (state) throws(EventLogError) in
            state.spread += 1
            var places: [TopicPartition] = []
            for (index, record) in records.enumerated() {
                guard record.record.size <= recordBytesMax else {
                    throw EventLogError(
                        over: .init(
                            recordIndex: index, size: record.record.size, limit: "log.recordBytesMax",
                            limitMax: recordBytesMax))
                }
                places.append(try state.place(record))
            }
            var positions: [Position] = []
            for (record, place) in zip(records, places) {
                let offset = state.partitions[place]?.append(record.record) ?? .zero
                positions.append(Position(place, offset))
            }
            return (positions, state.wakeAll())
        }
        for waiter in woken { waiter.wake() }
        return positions
    }

    // MARK: EventLogReader

    public func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        try await self.enter(.fetch)
        let present = try await self.read(
            topicPartition, offset, recordsMax: maxRecords, bytesMax: maxBytes, isWaiting: false)
        if !present.records.isEmpty || waitMax <= .zero { return present }
        typealias Answer = Result<RecordBatch, EventLogError>
        let answer = await withTaskGroup(of: Answer?.self) { group -> Answer? in
            group.addTask {
                do throws(EventLogError) {
                    return .success(
                        try await self.read(
                            topicPartition, offset, recordsMax: maxRecords, bytesMax: maxBytes, isWaiting: true))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { () -> Answer? in
                // Ends early only when there is an answer.
                try? await self.clock.sleep(for: waitMax)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return await group.next() ?? nil
        }
        guard let answer else { throw EventLogError(.unavailable, "the fetch had no answer") }
        return try answer.get()
    }

    /// Reads, and reads again after each append while there is nothing; a cancelled task gets the empty batch.
    private func read(
        _ topicPartition: TopicPartition, _ offset: Offset, recordsMax: Int, bytesMax: Int, isWaiting: Bool
    ) async throws(EventLogError) -> RecordBatch {
        while true {
            let waiter = InMemoryWaiter()
            let batch = try self.state.withLock { (state) throws(EventLogError) in
                let partition = try state.partition(topicPartition)
                let batch = try partition.read(topicPartition, offset, recordsMax: recordsMax, bytesMax: bytesMax)
                if batch.records.isEmpty, isWaiting { state.waiters.append(waiter) }
                return batch
            }
            guard batch.records.isEmpty, isWaiting, !Task.isCancelled else {
                self.forget(waiter)
                return batch
            }
            await waiter.wait()
            self.forget(waiter)
        }
    }

    public func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try self.state.withLock { (state) throws(EventLogError) in try state.partition(topicPartition).bounds }
    }

    public func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
    {
        try self.state.withLock { (state) throws(EventLogError) in
            let partition = try state.partition(topicPartition)
            return partition.records.first { $0.record.timestamp >= timestamp }?.offset ?? partition.bounds.end
        }
    }

    // MARK: EventLogGroups

    public func commit(_ commits: [GroupCommit]) async throws(EventLogError) {
        try await self.enter(.commit)
        try self.state.withLock { (state) throws(EventLogError) in
            for commit in commits { _ = try state.partition(commit.topicPartition) }
            for commit in commits { state.groups[commit.group, default: [:]][commit.topicPartition] = commit.committed }
        }
    }

    public func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        try await self.enter(.committed)
        return self.state.withLock { $0.groups.filter { $0.key.name.utf8.starts(with: prefix.utf8) } }
    }

    public func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) {
        try await self.enter(.deleteGroup)
        self.state.withLock { $0.groups[group] = nil }
    }

    // MARK: EventLogAdministration

    public func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        try await self.enter(.createTopic)
        _ = try Topic(validating: specification.topic.name)
        try self.state.withLock { (state) throws(EventLogError) in try state.create(specification) }
    }

    public func topics() async throws(EventLogError) -> [TopicSpecification] {
        self.state.withLock { $0.topics.values.sorted { $0.topic < $1.topic } }
    }

    /// Deletes a topic with its records; made again it begins at 0.
    public func deleteTopic(_ topic: Topic) {
        self.state.withLock { state in
            state.topics[topic] = nil
            state.partitions = state.partitions.filter { $0.key.topic != topic }
        }
    }

    // MARK: EventIndex

    public func positions(
        header name: String, value: String, tenant: String, in ranges: [TopicPartition: Range<Offset>], limit: Int
    ) async throws(EventLogError) -> [Position] {
        try self.state.withLock { (state) throws(EventLogError) in
            var lanes: [[(timestamp: Timestamp, position: Position)]] = []
            for (topicPartition, range) in ranges {
                let matching = try state.partition(topicPartition).records.filter { element in
                    range.contains(element.offset) && element.record.headers.values(of: name).contains(value)
                        && element.record.headers.tenant == tenant
                }
                lanes.append(matching.map { ($0.record.timestamp, Position(topicPartition, $0.offset)) })
            }
            var found: [Position] = []
            while found.count < limit {
                let newest = lanes.indices.filter { !lanes[$0].isEmpty }.max { left, right in
                    guard let left = lanes[left].last, let right = lanes[right].last else { return false }
                    return (left.timestamp, left.position) < (right.timestamp, right.position)
                }
                guard let newest else { break }
                found.append(lanes[newest].removeLast().position)
            }
            return found
        }
    }

    public var lag: Int64 { get async { 0 } }

    // MARK: Retention

    /// Loses the records of a partition from an offset on, as brokers do that fail. Who waits for more goes on waiting.
    public func truncate(_ topicPartition: TopicPartition, from offset: Offset) {
        self.state.withLock { $0.partitions[topicPartition]?.truncate(from: offset) }
    }

    /// Applies retention and compaction as of `now`; tombstones older than `tombstoneRetention` go.
    public func sweep(now: Timestamp, tombstoneRetention: Duration = .seconds(86_400)) {
        self.state.withLock { state in
            for (topicPartition, partition) in state.partitions {
                guard let specification = state.topics[topicPartition.topic] else { continue }
                var swept = partition
                swept.retain(specification, now: now)
                if specification.isCompacted { swept.compact(now: now, tombstoneRetention: tombstoneRetention) }
                state.partitions[topicPartition] = swept
            }
        }
    }
}

extension InMemoryEventLog.State {
    func partition(_ topicPartition: TopicPartition) throws(EventLogError) -> InMemoryPartition {
        guard self.topics[topicPartition.topic] != nil else {
            throw EventLogError(.unknownTopic, "there is no topic '\(topicPartition.topic)'")
        }
        guard let partition = self.partitions[topicPartition] else {
            throw EventLogError(.unknownPartition, "there is no partition \(topicPartition)")
        }
        return partition
    }

    func place(_ record: ProducerRecord) throws(EventLogError) -> TopicPartition {
        guard let specification = self.topics[record.topic] else {
            throw EventLogError(.unknownTopic, "there is no topic '\(record.topic)'")
        }
        let partition = try record.partition(
            of: specification.partitions, isCompacted: specification.isCompacted,
            keyless: Partition(Int32(self.spread % specification.partitions)))
        return TopicPartition(record.topic, partition)
    }

    mutating func create(_ specification: TopicSpecification) throws(EventLogError) {
        guard (1...1_024).contains(specification.partitions) else {
            throw EventLogError(.invalidTopic, "a topic has 1 to 1024 partitions")
        }
        if let present = self.topics[specification.topic] {
            guard present.isCompacted == specification.isCompacted, present.partitions <= specification.partitions
            else {
                throw EventLogError(.conflict, "topic '\(specification.topic)' exists otherwise")
            }
        }
        self.topics[specification.topic] = specification
        for number in 0..<specification.partitions {
            let topicPartition = TopicPartition(specification.topic, Partition(Int32(number)))
            if self.partitions[topicPartition] == nil { self.partitions[topicPartition] = InMemoryPartition() }
        }
    }
}

extension RecordHeaders {
    fileprivate func values(of name: String) -> [String] {
        var values: [String] = []
        self.forEach { entryName, value in
            if entryName.elementsEqual(name.utf8) { values.append(String(decoding: value, as: UTF8.self)) }
        }
        return values
    }
}
