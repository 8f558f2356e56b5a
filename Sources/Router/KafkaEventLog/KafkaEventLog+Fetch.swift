import CRdKafka
import EventLog

extension KafkaEventLog {
    /// Reads records; see ``EventLogReader/fetch(_:from:maxRecords:maxBytes:waitMax:)``. Reads only what is committed
    /// of transactions. Goes on where an earlier fetch ended without asking anew; another place costs a round trip.
    /// - Throws: ``EventLogError`` `offsetOutOfRange` with the bounds; `unknownTopic`; `unknownPartition`; `overloaded`
    ///   where too many read the partition at different places; `unavailable` where the brokers give nothing although
    ///   there is something, for ``KafkaEventLogConfiguration/requestTimeoutMilliseconds``; `closed`.
    public func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        try await self.check(topicPartition)
        guard offset >= .zero else { throw try await self.outOfRange(topicPartition, offset) }
        let start = ContinuousClock.now
        let answerDeadline = start + .milliseconds(self.configuration.requestTimeoutMilliseconds)
        let wait = FetchWait(end: start + waitMax, answer: max(start + waitMax, answerDeadline))
        let lease = try await self.readers.acquire(
            topicPartition, at: offset.value, follows: waitMax > .zero, until: wait.answer)
        do throws(EventLogError) {
            let batch = try await self.read(
                lease.cursor, from: offset, maxRecords: maxRecords, maxBytes: maxBytes, wait)
            self.readers.release(lease)
            return batch
        } catch {
            self.readers.discard(lease)
            throw error
        }
    }

    /// How long a fetch waits.
    private struct FetchWait: Sendable {
        /// For an append, where there is nothing.
        let end: ContinuousClock.Instant
        /// For the brokers to give what there is.
        let answer: ContinuousClock.Instant
    }

    private func read(
        _ cursor: KafkaCursor, from offset: Offset, maxRecords: Int, maxBytes: Int, _ wait: FetchWait
    ) async throws(EventLogError) -> RecordBatch {
        let topicPartition = cursor.topicPartition
        while true {
            switch cursor.step(maxRecords: maxRecords, maxBytes: maxBytes) {
            case .records(let records, let next):
                self.table.noteEnd(topicPartition, next)
                return RecordBatch(
                    topicPartition: topicPartition, records: records, next: Offset(next),
                    end: Offset(max(next, self.table.end(of: topicPartition))))
            case .end(let end):
                self.table.noteEnd(topicPartition, end)
                // A gap that compaction or a transaction left is passed.
                if end > offset.value {
                    return RecordBatch(
                        topicPartition: topicPartition, records: [], next: Offset(end), end: Offset(end))
                }
            case .nothing:
                let end = self.table.end(of: topicPartition)
                let isAtEnd = cursor.endSeen == offset.value && end <= offset.value
                let deadline = isAtEnd ? wait.end : wait.answer
                if self.readers.isClosed { throw EventLogError(.closed, "the log is closed") }
                guard ContinuousClock.now < deadline, !Task.isCancelled else {
                    guard isAtEnd || Task.isCancelled else {
                        throw EventLogError(
                            .unavailable,
                            "\(topicPartition) cannot be read: no broker gave anything for "
                                + "\(self.configuration.requestTimeoutMilliseconds) ms")
                    }
                    return RecordBatch(
                        topicPartition: topicPartition, records: [], next: offset, end: Offset(max(end, offset.value)))
                }
                await cursor.signal.wait(until: deadline)
            case .failed(let code):
                throw await self.fault(topicPartition, offset, code)
            }
        }
    }

    private func fault(
        _ topicPartition: TopicPartition, _ offset: Offset, _ code: rd_kafka_resp_err_t
    ) async -> EventLogError {
        let error = EventLogError(kafka: code, "\(topicPartition) cannot be read")
        switch error.code {
        case .offsetOutOfRange:
            do throws(EventLogError) { return try await self.outOfRange(topicPartition, offset) } catch { return error }
        case .unknownTopic, .unknownPartition:
            self.table.remove(topicPartition.topic)
            return error
        default:
            return error
        }
    }

    private func outOfRange(
        _ topicPartition: TopicPartition, _ offset: Offset
    ) async throws(EventLogError) -> EventLogError {
        let bounds = try await self.bounds(of: topicPartition)
        return EventLogError(
            .offsetOutOfRange, "\(topicPartition) holds offsets \(bounds.start) to \(bounds.end), not \(offset)",
            bounds: bounds)
    }

    /// What a partition holds now, asked of its leader: what is not committed of transactions is not counted.
    /// - Throws: ``EventLogError`` `unknownTopic`, `unknownPartition`, `unavailable`, `closed`.
    public func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try await self.check(topicPartition)
        let admin = self.admin
        let bounds = try await self.calls.run { admin.bounds(topicPartition) }
        self.table.noteEnd(topicPartition, bounds.end.value)
        return bounds
    }

    /// The first offset whose record has this timestamp or a later one; see ``EventLogReader/offset(of:at:)``. As exact
    /// as the brokers are: some give the first offset of the batch that holds it.
    /// - Throws: ``EventLogError`` `unknownTopic`, `unknownPartition`, `unavailable`, `closed`.
    public func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
    {
        try await self.check(topicPartition)
        let admin = self.admin
        // Kafka gives negative times a meaning of its own.
        let time = max(timestamp, Timestamp(milliseconds: 0))
        if let found = try await self.calls.run({ admin.offset(topicPartition, at: time) }) { return found }
        return try await self.bounds(of: topicPartition).end
    }

    /// Refuses a place that there is not.
    func check(_ topicPartition: TopicPartition) async throws(EventLogError) {
        let entry = try await self.entry(of: topicPartition.topic)
        guard (0..<Int32(entry.partitions)).contains(topicPartition.partition.value) else {
            // It may have been added since.
            let now = try await self.refresh(topicPartition.topic)
            guard (0..<Int32(now.partitions)).contains(topicPartition.partition.value) else {
                throw EventLogError(unknown: topicPartition, partitions: now.partitions)
            }
            return
        }
    }
}
