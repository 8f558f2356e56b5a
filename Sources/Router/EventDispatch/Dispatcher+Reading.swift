import CloudEvents
import Delivery
import EventLog
import Logging
import Subscriptions

extension Dispatcher {
    /// Reads one partition for all subscriptions that keep up, until it is not this process's any more.
    ///
    /// Under load every commit of the log would wake it for a few records: after a small batch it lets more gather,
    /// so that the cost of a read is shared. Where few come each is read at once, see ``TailPace``.
    func followTail(_ tail: TailAssignment) async {
        let topicPartition = tail.topicPartition
        let gathering = Duration.milliseconds(self.configuration.tailGatheringMilliseconds)
        var lastRead = DispatchClock.wall
        var pace = TailPace(gathering: gathering, now: .now)
        while !Task.isCancelled {
            let position = self.core.look { state in
                state.isCurrent(tail) ? state.machine.tailPosition(of: topicPartition) : nil
            }
            guard let from = position else { return }
            do {
                let batch = try await self.log.fetch(
                    topicPartition, from: from, maxRecords: self.configuration.tailRecordsMax,
                    maxBytes: self.configuration.tailBytesMax, waitMax: .seconds(5))
                lastRead = DispatchClock.wall
                await self.feed(batch, from: from, tail)
                pace.read(batch.records.count, now: .now)
                if pace.gathers, batch.records.count < self.configuration.tailRecordsMax / 4 {
                    try? await Task.sleep(until: pace.restEnd(now: .now), clock: .continuous)
                }
            } catch {
                if error.code == .closed { return }
                await self.recover(tail, from: from, lastRead: lastRead, error)
            }
        }
    }

    private func recover(
        _ tail: TailAssignment, from: Offset, lastRead: Timestamp, _ error: EventLogError
    ) async {
        let topicPartition = tail.topicPartition
        if self.log.isShared, error.code == .offsetOutOfRange, let bounds = error.bounds, from > bounds.end {
            self.logger.error(
                "a partition is shorter than it was: its brokers lost records, and what came in their place is read",
                metadata: ["partition": "\(topicPartition)", "end": "\(bounds.end)", "position": "\(from)"])
            await self.takeUpAgain(tail, since: lastRead)
        } else if error.code == .offsetOutOfRange, let bounds = error.bounds {
            self.logger.error(
                "retention has overtaken the tail: records are lost to every subscription",
                metadata: ["partition": "\(topicPartition)", "start": "\(bounds.start)"])
            self.core.step { state, now in
                guard state.isCurrent(tail) else { return }
                state.machine.tailRangeLost(topicPartition, start: bounds.start, now: now)
            }
        } else {
            self.logger.warning(
                "a partition cannot be read and is tried again",
                metadata: ["partition": "\(topicPartition)", "error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(self.configuration.limits.internalRetryMilliseconds))
    }

    /// Matches outside the lock; where the index has changed meanwhile, again. Records that are no events are kept
    /// apart before the tail passes them.
    private func feed(_ batch: RecordBatch, from: Offset, _ tail: TailAssignment) async {
        if !batch.records.isEmpty { self.observer.fetched(records: batch.records.count, isCatchUp: false) }
        var isTaken = false
        var areKept = false
        while !isTaken {
            let (index, version) = self.core.look { ($0.index, $0.version) }
            let (matches, invalid) = self.matches(batch, with: index)
            if !invalid.isEmpty, !areKept {
                await self.invalidMessages.write(invalid, of: batch.topicPartition)
                areKept = true
            }
            isTaken = self.core.step { state, now in
                guard state.isCurrent(tail) else { return true }
                guard state.version == version else { return false }
                state.ends[batch.topicPartition] = batch.end
                state.machine.tail(
                    TailBatch(
                        topicPartition: batch.topicPartition, matches: matches, from: from, next: batch.next), now: now)
                return true
            }
        }
    }

    /// What subscriptions want, and what is no event. Where there are no subscriptions records are not looked into,
    /// unless others than the router may have written them.
    private func matches(
        _ batch: RecordBatch, with index: SubscriptionIndex
    ) -> (matches: [TailBatch.Match], invalid: [InvalidMessageChannel.Message]) {
        let isRedriven = batch.topicPartition.topic == self.configuration.redriveTopic
        guard isRedriven || !index.isEmpty || self.log.isShared else { return ([], []) }
        var matches: [TailBatch.Match] = []
        var invalid: [InvalidMessageChannel.Message] = []
        var slots: [Int] = []
        for element in batch.records {
            let event: CloudEvent
            do { event = try element.record.cloudEvent() } catch {
                invalid.append(InvalidMessageChannel.Message(element: element, fault: error))
                continue
            }
            if isRedriven {
                let target = DeadLetterChannel.target(of: element.record)
                slots = target.flatMap { id in self.core.look { $0.machine.slot(of: id) } }.map { [$0] } ?? []
            } else {
                index.match(event, into: &slots)
            }
            guard !slots.isEmpty else { continue }
            matches.append(TailBatch.Match(event: Self.deliverable(event, element, in: batch), slots: slots))
        }
        return (matches, invalid)
    }

    private static func deliverable(
        _ event: CloudEvent, _ element: RecordBatch.Element, in batch: RecordBatch
    ) -> DeliverableEvent {
        DeliverableEvent(
            event: event, position: Position(batch.topicPartition, element.offset), timestamp: element.record.timestamp)
    }

    /// Reads for one subscription that lags.
    func catchUp(_ fetch: CatchUpFetch) async {
        do {
            let batch = try await self.log.fetch(
                fetch.topicPartition, from: fetch.from, maxRecords: fetch.recordsMax, maxBytes: fetch.bytesMax,
                waitMax: .zero)
            self.observer.fetched(records: batch.records.count, isCatchUp: true)
            let events = self.wanted(batch, by: fetch)
            self.core.step { state, now in
                state.machine.fetched(fetch, events: events, next: batch.next, now: now)
            }
        } catch {
            if error.code == .offsetOutOfRange, let bounds = error.bounds, fetch.from < bounds.start {
                self.core.step { state, now in state.machine.rangeLost(fetch, start: bounds.start, now: now) }
                return
            }
            self.core.step { state, now in state.machine.fetchFailed(fetch, now: now) }
        }
    }

    private func wanted(_ batch: RecordBatch, by fetch: CatchUpFetch) -> [DeliverableEvent] {
        let (compiled, id) = self.core.look { state in
            (state.compiled[fetch.slot], state.machine.specification(at: fetch.slot)?.id)
        }
        let reload = Set(fetch.reload)
        let isRedriven = batch.topicPartition.topic == self.configuration.redriveTopic
        return batch.records.compactMap { element in
            let offset = element.offset.value
            let isReload = offset < fetch.position
            if isReload, !reload.contains(offset) { return nil }
            // What is none, the tail has kept apart.
            guard let event = try? element.record.cloudEvent() else { return nil }
            let isWanted =
                isRedriven ? DeadLetterChannel.target(of: element.record) == id : compiled?.matches(event) == true
            return isReload || isWanted ? Self.deliverable(event, element, in: batch) : nil
        }
    }
}
