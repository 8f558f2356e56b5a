import EventLog
import Synchronization

/// How the index is fed.
extension LogEventIndex {
    /// Records of one transaction at most, about; one with many values counts as several.
    static let batchRecordsMax = 16_384
    /// Records, and bytes, of one fetch at most: what of the log is in memory at a time.
    private static let fetchRecordsMax = 2_048
    private static let fetchBytesMax = 1 << 20
    /// How long a fetch waits for records that the log is known to have.
    private static let fetchWaitMax = Duration.seconds(5)

    /// Looks for topics and at the bounds of the partitions, each as often as it shall be.
    /// - Throws: the first fault, after all partitions were looked at: one that has no leader stops no other.
    func look(_ store: IndexStore, isForced: Bool) async throws {
        let now = ContinuousClock.now
        let (listedAt, lookedAt) = self.state.withLock { ($0.listedAt, $0.lookedAt) }
        if isForced || listedAt.map({ now - $0 >= self.configuration.topicsInterval }) ?? true {
            let partitions = try await self.followed()
            try await store.keep(partitions)
            let wanted = Set(partitions)
            self.state.withLock { state in
                state.bounds = state.bounds.filter { wanted.contains($0.key) }
                state.listedAt = now
            }
        } else if let lookedAt, now - lookedAt < self.configuration.interval {
            return
        }
        var fault: EventLogError?
        for (topicPartition, progress) in store.progress {
            do throws(EventLogError) {
                let bounds = try await self.log.bounds(of: topicPartition)
                self.note(topicPartition, bounds)
                if progress.next > bounds.end.value { try await self.forget(topicPartition, progress, store) }
            } catch {
                if Self.isGone(error) { self.state.withLock { $0.listedAt = nil } } else { fault = fault ?? error }
            }
        }
        self.state.withLock { $0.lookedAt = now }
        if let fault { throw fault }
    }

    /// All partitions of the topics to follow.
    private func followed() async throws(EventLogError) -> [TopicPartition] {
        let topics = Set(self.configuration.topics)
        // Compaction takes records out of the middle, and their entries would stay.
        return try await self.log.topics().filter { topics.contains($0.topic) && !$0.isCompacted }
            .flatMap { specification in
                (0..<Int32(specification.partitions)).map { TopicPartition(specification.topic, Partition($0)) }
            }
    }

    static func isGone(_ error: EventLogError) -> Bool {
        error.code == .unknownTopic || error.code == .unknownPartition
    }

    /// What of each partition waits, as far as it is known.
    func remainders(_ store: IndexStore?) -> [IndexAgenda.Remainder] {
        let progress = store?.progress ?? [:]
        return self.state.withLock { $0.bounds }.map { topicPartition, bounds in
            let next = progress[topicPartition]?.next ?? 0
            return IndexAgenda.Remainder(
                partitionID: Int(progress[topicPartition]?.id ?? 0), from: max(next, bounds.start.value),
                end: max(next, bounds.end.value))
        }
    }

    var starts: [TopicPartition: Int64] {
        self.state.withLock { $0.bounds.mapValues(\.start.value) }
    }

    /// Keeps what a partition was seen to hold, where it is followed.
    func note(_ topicPartition: TopicPartition, _ bounds: OffsetBounds) {
        self.state.withLock { state in
            guard state.store?.progress[topicPartition] != nil else { return }
            state.bounds[topicPartition] = bounds
        }
    }

    /// Reads one batch of the remainders, in their order, and writes its entries.
    /// - Throws: the first fault, after what could be read was written.
    func index(_ remainders: [IndexAgenda.Remainder], _ store: IndexStore) async throws {
        let partitions = Dictionary(store.progress.map { (Int($0.value.id), $0.key) }) { first, _ in first }
        var step = IndexStep()
        var fault: EventLogError?
        for remainder in remainders where step.records < Self.batchRecordsMax {
            guard let topicPartition = partitions[remainder.partitionID],
                let progress = store.progress[topicPartition], Int(progress.id) == remainder.partitionID
            else { continue }
            do throws(EventLogError) {
                let recordsMax = Self.batchRecordsMax - step.records
                guard var stretch = try await self.read(topicPartition, progress, store, recordsMax, &step.records)
                else { continue }
                stretch.sort()
                step.stretches.append(stretch)
            } catch {
                if !self.isSettled(error, topicPartition) { fault = fault ?? error }
            }
        }
        if !step.stretches.isEmpty { try await store.write(step) }
        if let fault { throw fault }
    }

    /// Reads on from where a partition is indexed to, or begins with the last record that is: where it is another one,
    /// so is the topic, and nothing is read.
    private func read(
        _ topicPartition: TopicPartition, _ progress: IndexStore.Progress, _ store: IndexStore, _ recordsMax: Int,
        _ records: inout Int
    ) async throws(EventLogError) -> IndexStep.Stretch? {
        let start = self.state.withLock { $0.bounds[topicPartition]?.start.value ?? 0 }
        var stretch = IndexStep.Stretch(
            topicPartition, progressID: progress.id, from: progress.next, last: progress.last)
        stretch.advance(to: start, last: nil)
        var scratch = RecordHasher.Scratch()
        var last: IndexStep.Last?
        var (from, read) = (stretch.next, 0)
        if let last = progress.last, last.offset >= start { from = last.offset }
        while read < recordsMax {
            let known = progress.last.flatMap { $0.offset == from ? $0 : nil }
            let left = recordsMax - read + (known == nil ? 0 : 1)
            let batch = try await self.log.fetch(
                topicPartition, from: Offset(from), maxRecords: min(Self.fetchRecordsMax, left),
                maxBytes: Self.fetchBytesMax, waitMax: Self.fetchWaitMax)
            var elements = batch.records[...]
            guard batch.next.value > from else {
                if Task.isCancelled { break }
                throw EventLogError(.unavailable, "the log gave no records of \(topicPartition)")
            }
            if let known {
                guard let first = elements.popFirst(), self.isSame(first, known, store) else {
                    try await self.forget(topicPartition, progress, store)
                    return nil
                }
                store.verify(topicPartition, progress.id)
            }
            for element in elements where element.offset.value >= stretch.from {
                read += stretch.add(element, store.hasher, &scratch)
            }
            if let element = elements.last {
                last = IndexStep.Last(
                    offset: element.offset.value, fingerprint: store.hasher.fingerprint(of: element.record))
            }
            from = batch.next.value
            stretch.advance(to: from, last: last)
            guard from < batch.end.value else { break }
        }
        records += read
        return stretch
    }

    /// Leaves it to the next look where the log's bounds have moved, or the topic is gone.
    private func isSettled(_ error: EventLogError, _ topicPartition: TopicPartition) -> Bool {
        if let bounds = error.bounds, error.code == .offsetOutOfRange {
            self.note(topicPartition, bounds)
        } else if Self.isGone(error) {
            self.state.withLock { state in
                state.bounds[topicPartition] = nil
                state.listedAt = nil
            }
        } else {
            return false
        }
        return true
    }

    private func isSame(_ element: RecordBatch.Element, _ last: IndexStep.Last, _ store: IndexStore) -> Bool {
        element.offset.value == last.offset && store.hasher.fingerprint(of: element.record) == last.fingerprint
    }

    /// Begins a partition at 0 again.
    private func forget(
        _ topicPartition: TopicPartition, _ progress: IndexStore.Progress, _ store: IndexStore
    ) async throws(EventLogError) {
        do { try await store.forget(topicPartition, progress.id) } catch {
            throw EventLogError(.unavailable, "the index cannot be written", cause: error)
        }
        self.tellForgotten(topicPartition)
    }

    /// How far a partition is indexed, for a lookup; nil where nothing of the index counts. That the log still has the
    /// records that were indexed is looked at once.
    func indexed(
        _ topicPartition: TopicPartition, _ bounds: OffsetBounds, _ store: IndexStore
    ) async throws(EventLogError) -> IndexStore.Progress? {
        guard let progress = store.progress[topicPartition], progress.next <= bounds.end.value else { return nil }
        guard !progress.isVerified, let last = progress.last, last.offset >= bounds.start.value else { return progress }
        let batch = try await self.log.fetch(
            topicPartition, from: Offset(last.offset), maxRecords: 1, maxBytes: 1, waitMax: Self.fetchWaitMax)
        guard let first = batch.records.first, self.isSame(first, last, store) else { return nil }
        store.verify(topicPartition, progress.id)
        return progress
    }
}
