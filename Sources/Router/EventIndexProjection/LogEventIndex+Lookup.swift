import EventLog
import Synchronization

extension LogEventIndex {
    /// Partitions that one lookup asks the log about at a time.
    static let parallelMax = 8

    /// Finds records; see ``EventIndex/positions(header:value:tenant:in:limit:)``. Costs a look at the bounds of each
    /// partition, the reading of what is not indexed yet, and a row and a page of the file for each run of up to 16,384
    /// records or 65,536 offsets of the ranges; some partitions at a time, and in steps, so that searches take turns.
    /// - Throws: also `closed`.
    public func positions(
        header name: String, value: String, tenant: String, in ranges: [TopicPartition: Range<Offset>], limit: Int
    ) async throws(EventLogError) -> [Position] {
        let probe = IndexProbe(name: name, value: value, tenant: tenant)
        let (store, isClosed) = self.state.withLock { ($0.store, $0.isClosed) }
        guard !isClosed else { throw EventLogError(.closed, "the index is closed") }
        guard let store, let hash = store.hasher.hash(of: probe) else {
            return try await self.search(probe, nil, ranges, limit)
        }
        do throws(EventLogError) {
            return try await self.search(probe, (store, hash), ranges, limit)
        } catch {
            // Had the log been at fault, reading it finds out. A partition whose topic was made anew meanwhile, and a
            // file that is damaged or was built anew, are searched without the index.
            guard error.code == .corruptRecord, !Task.isCancelled else { throw error }
            return try await self.search(probe, nil, ranges, limit)
        }
    }

    private func search(
        _ probe: IndexProbe, _ index: (store: IndexStore, hash: IndexHash)?,
        _ ranges: [TopicPartition: Range<Offset>], _ limit: Int
    ) async throws(EventLogError) -> [Position] {
        let lanes = try await self.inParallel(ranges.sorted { $0.key < $1.key }) {
            (entry) throws(EventLogError) -> LookupLane in
            let (topicPartition, range) = entry
            let bounds = try await self.log.bounds(of: topicPartition)
            self.note(topicPartition, bounds)
            var lane = LookupLane(
                topicPartition, lower: max(range.lowerBound.value, bounds.start.value),
                upper: min(range.upperBound.value, bounds.end.value))
            if let index, lane.lower < lane.upper, limit > 0,
                let progress = try await self.indexed(topicPartition, bounds, index.store)
            {
                lane.index = LookupLane.Index(
                    store: index.store, hash: index.hash, progressID: progress.id, end: progress.next)
            }
            return lane
        }
        var lookup = LogLookup(probe, lanes: lanes, limit: limit)
        while case let waiting = lookup.waiting, !waiting.isEmpty {
            let filled = try await self.inParallel(waiting) { [lookup] (lane) throws(EventLogError) -> LookupLane in
                try await lookup.fill(lane, from: self.log)
            }
            lookup.take(filled)
        }
        // What was forgotten meanwhile may have hidden records.
        let progress = index?.store.progress ?? [:]
        let isCurrent = lanes.allSatisfy { lane in
            lane.index.map { progress[lane.topicPartition]?.id == $0.progressID } ?? true
        }
        guard isCurrent else { throw EventLogError(.corruptRecord, "a partition was forgotten during the search") }
        return lookup.positions
    }

    /// Does something with each of some values, a few at a time; the results are in the order of the values.
    private func inParallel<Value: Sendable, Done: Sendable>(
        _ values: [Value], _ body: @escaping @Sendable (Value) async throws(EventLogError) -> Done
    ) async throws(EventLogError) -> [Done] {
        typealias Outcome = Result<Done, EventLogError>
        let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group -> [Int: Outcome] in
            var outcomes: [Int: Outcome] = [:]
            var rest = values.indices[...]
            func begin() {
                guard let index = rest.popFirst() else { return }
                group.addTask {
                    do throws(EventLogError) {
                        guard !Task.isCancelled else {
                            throw EventLogError(.unavailable, "the search was cancelled")
                        }
                        return (index, .success(try await body(values[index])))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for _ in 0..<Self.parallelMax { begin() }
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                if case .failure = outcome { rest = rest.suffix(0) }
                begin()
            }
            return outcomes
        }
        var done: [Done] = []
        for index in values.indices {
            // One that was not begun lies behind one that failed, or beside it.
            if let outcome = outcomes[index] { done.append(try outcome.get()) }
        }
        return done
    }
}
