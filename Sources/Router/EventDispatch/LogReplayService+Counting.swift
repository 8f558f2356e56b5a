import CloudEvents
import Delivery
import EventLog
import Subscriptions
import Synchronization

extension LogReplayService {
    /// A count that is worth nothing any more: the replay was paused or ended, or the process ends.
    private struct Obsolete: Error {}

    /// Counts a replay and begins it, unless something else was decided meanwhile.
    func perform(_ count: ReplayCounts.Count) async {
        guard let replay = self.replay(count.key), replay.status == .counting else { return }
        do {
            // The subscription may be younger than what this process has heard of it.
            try await self.catchUpSubscriptions()
            let matched = try await self.retryingCount(of: replay, count)
            try await self.finish(count, matched: matched)
        } catch is Obsolete {
            return
        } catch {
            let reason = (error as? ServiceError)?.message ?? "\(error)"
            self.add(.fail(count.key, reason: "the range could not be counted: \(reason)"))
        }
    }

    /// A fault of the log is waited out: a replay does not fail for a moment of unrest.
    private func retryingCount(of replay: StoredReplay, _ count: ReplayCounts.Count) async throws -> Int64 {
        let compiled = try self.compile(replay)
        var attempt = 1
        while true {
            do {
                return try await self.matches(in: replay.ranges, compiled) {
                    self.counts.withLock { $0.isCurrent(count) }
                }
            } catch let error as EventLogError where attempt < 10 && Self.mayPass(error) {
                attempt += 1
                try? await Task.sleep(
                    for: .milliseconds(self.dispatcher.configuration.limits.internalRetryMilliseconds))
            }
        }
    }

    private static func mayPass(_ error: EventLogError) -> Bool {
        error.code == .unavailable || error.code == .overloaded
    }

    private func finish(_ count: ReplayCounts.Count, matched: Int64) async throws {
        var attempt = 1
        while true {
            do {
                return try await self.store(count, matched: matched)
            } catch let error as ServiceError where error.code == .unavailable && attempt < 100 {
                attempt += 1
                try? await Task.sleep(
                    for: .milliseconds(self.dispatcher.configuration.limits.internalRetryMilliseconds))
            }
        }
    }

    private func store(_ count: ReplayCounts.Count, matched: Int64) async throws {
        await self.gate.enter(count.key)
        defer { self.gate.leave(count.key) }
        guard !Task.isCancelled, self.counts.withLock({ $0.isCurrent(count) }), var replay = self.replay(count.key),
            replay.status == .counting
        else { throw Obsolete() }
        replay.matched = matched
        replay.isCounted = true
        replay.status = .running
        guard try await self.store(replay) else { throw Obsolete() }
        if self.follower == nil { self.begin(replay.key, cursors: [:], term: 0) }
    }

    /// Counts now, and stores nothing.
    func dryRun(_ replay: StoredReplay, _ compiled: CompiledSubscription) async throws(ServiceError) -> ReplayView {
        let configuration = self.dispatcher.configuration
        let records = replay.ranges.reduce(Int64(0)) { $0 + $1.to - $1.from }
        guard records <= configuration.dryRunRecordsMax else {
            throw ServiceError(
                .unprocessable,
                "a dry run reads at most \(configuration.dryRunRecordsMax) records, and the range has \(records): "
                    + "narrow it, or create the replay, pause it when it is counted, and look at 'matched'",
                errors: [.init(pointer: "/dryRun", detail: "the range has too many records for a dry run")])
        }
        let hasRoom = self.shelf.withLock { shelf in
            shelf.beginDryRun(
                tenant: replay.tenant, perTenantMax: configuration.dryRunsPerTenantMax,
                inAllMax: configuration.dryRunsMax)
        }
        guard hasRoom else {
            throw ServiceError(.limitExceeded, "too many dry runs are being counted: wait for one to end")
        }
        defer { self.shelf.withLock { $0.endDryRun(tenant: replay.tenant) } }
        var counted = replay
        do { counted.matched = try await self.matches(in: replay.ranges, compiled) { true } } catch {
            throw (error as? EventLogError).map { ServiceError($0) }
                ?? ServiceError(.unavailable, "the count was broken off")
        }
        counted.status = .done
        var view = self.view(counted)
        view.request.dryRun = true
        return view
    }

    /// How many events of the ranges match. Ends early only by throwing, so that no part is taken for the whole.
    private func matches(
        in ranges: [StoredReplay.Range], _ compiled: CompiledSubscription, while isWanted: () -> Bool
    ) async throws -> Int64 {
        var matched: Int64 = 0
        for range in ranges {
            var next = Offset(range.from)
            while next.value < range.to {
                guard !Task.isCancelled, isWanted() else { throw Obsolete() }
                let batch: RecordBatch
                do throws(EventLogError) {
                    batch = try await self.dispatcher.log.fetch(
                        range.topicPartition, from: next, maxRecords: 1_000, maxBytes: 4 << 20, waitMax: .zero)
                } catch {
                    // What retention has taken since cannot be sent, and is not counted.
                    guard error.code == .offsetOutOfRange, let start = error.bounds?.start, start > next else {
                        throw error
                    }
                    next = start
                    continue
                }
                for element in batch.records where element.offset.value < range.to {
                    if let event = try? element.record.cloudEvent(), compiled.matches(event) { matched += 1 }
                }
                guard batch.next > next else { break }
                next = batch.next
            }
        }
        return matched
    }
}
