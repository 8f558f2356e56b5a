import EventLog

extension EmbeddedEventLog {
    /// What a fetch finds in the table before it reads.
    private enum Readiness: Sendable {
        case records(partitionID: Int, end: Int64)
        /// They are still in memory.
        case recent([RecordBatch.Element], end: Int64)
        case nothing(partitionID: Int, end: Int64)
    }

    /// Reads records; see ``EventLogReader/fetch(_:from:maxRecords:maxBytes:waitMax:)``. The records of one fetch share
    /// memory: one that is kept keeps the up to 4 MiB around it. `maxRecords` below 1 counts as 1; `maxBytes` is
    /// bounded by `fetchBytesMax`, `waitMax` by one day.
    public func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        let deadline = ContinuousClock.now + min(max(waitMax, .zero), .seconds(86_400))
        var cursor = offset.value
        while true {
            let limits = (records: max(1, maxRecords), bytes: min(maxBytes, self.configuration.fetchBytesMax))
            switch try self.readiness(topicPartition, offset: offset.value, cursor: cursor, limits) {
            case .recent(let records, let end):
                let next = records.last?.offset.next ?? Offset(cursor)
                return RecordBatch(topicPartition: topicPartition, records: records, next: next, end: Offset(end))
            case .records(let id, let end):
                let from = cursor
                let fetched = try await self.readers.read { reader, connection in
                    try reader.fetch(
                        connection, id, from: from, end: end, recordsMax: limits.records, bytesMax: limits.bytes)
                }
                // Retention moves the start before it takes records away: what was read whole is checked after.
                _ = try self.readiness(topicPartition, offset: offset.value, cursor: cursor, nil)
                guard let last = fetched.records.last else {
                    cursor = end
                    continue
                }
                return RecordBatch(
                    topicPartition: topicPartition, records: fetched.records,
                    next: fetched.isLimited ? last.offset.next : Offset(end), end: Offset(end))
            case .nothing(let id, let end):
                let hasWaited = await self.waitForAppend(to: id, past: end, until: deadline)
                if !hasWaited {
                    return RecordBatch(
                        topicPartition: topicPartition, records: [], next: Offset(cursor), end: Offset(end))
                }
            }
        }
    }

    private func readiness(
        _ topicPartition: TopicPartition, offset: Int64, cursor: Int64, _ limits: (records: Int, bytes: Int)?
    ) throws(EventLogError) -> Readiness {
        try self.table.withLock { (table) throws(EventLogError) in
            let id = try table.partitionID(topicPartition)
            let partition = table.partitions[id]
            guard offset >= partition.start, offset <= partition.end else {
                throw EventLogError(
                    .offsetOutOfRange,
                    "\(topicPartition) holds offsets \(partition.start) to \(partition.end), not \(offset)",
                    bounds: partition.bounds)
            }
            if let limits,
                let recent = table.recent.records(
                    of: id, from: cursor, recordsMax: limits.records, bytesMax: limits.bytes)
            {
                return .recent(recent, end: partition.end)
            }
            return cursor < partition.end
                ? .records(partitionID: id, end: partition.end) : .nothing(partitionID: id, end: partition.end)
        }
    }

    /// Suspends until something is appended; false where the deadline has passed or the task is cancelled.
    private func waitForAppend(to id: Int, past end: Int64, until deadline: ContinuousClock.Instant) async -> Bool {
        guard !Task.isCancelled, ContinuousClock.now < deadline else { return false }
        let waiter = FetchWaiter()
        guard self.table.withLock({ $0.register(id, past: end, waiter) }) else { return true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await waiter.wait() }
            group.addTask {
                // Ends early only when the group is cancelled, which is what ends it.
                try? await ContinuousClock().sleep(until: deadline)
            }
            await group.next()
            group.cancelAll()
        }
        self.table.withLock { $0.forget(id, waiter) }
        return !Task.isCancelled
    }

    /// What a partition holds now; see ``EventLogReader/bounds(of:)``.
    public func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try self.table.withLock { (table) throws(EventLogError) in
            table.partitions[try table.partitionID(topicPartition)].bounds
        }
    }

    /// The first offset whose record has this timestamp or a later one, exact also where timestamps are out of order;
    /// see ``EventLogReader/offset(of:at:)``. Reads one row for each 1,024 records at most, and one such chunk.
    public func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
    {
        let (id, bounds) = try self.table.withLock { (table) throws(EventLogError) in
            let id = try table.partitionID(topicPartition)
            return (id, table.partitions[id].bounds)
        }
        return try await self.scanner.read { reader, connection in
            let found = try reader.firstOffset(
                connection, id, from: bounds.start.value, end: bounds.end.value, at: timestamp.milliseconds)
            return Offset(found ?? bounds.end.value)
        }
    }
}
