import CloudEvents
import Delivery
import EventLog
import Logging
import Subscriptions

extension Dispatcher {
    /// Reads one partition for all subscriptions that keep up.
    ///
    /// Under load every commit of the log would wake it for a few records: after a small batch it lets more gather,
    /// so that the cost of a read is shared. An event that comes after a silence is read at once.
    func followTail(_ topicPartition: TopicPartition) async {
        let gathering = Duration.milliseconds(self.configuration.tailGatheringMilliseconds)
        while !Task.isCancelled {
            guard let from = self.core.look({ $0.machine.tailPosition(of: topicPartition) }) else { return }
            let asked = ContinuousClock.now
            do {
                let batch = try await self.log.fetch(
                    topicPartition, from: from, maxRecords: self.configuration.tailRecordsMax,
                    maxBytes: self.configuration.tailBytesMax, waitMax: .seconds(5))
                self.feed(batch)
                let isBusy = asked.duration(to: .now) < gathering
                if isBusy, batch.records.count < self.configuration.tailRecordsMax / 4 {
                    try? await Task.sleep(for: gathering)
                }
            } catch {
                if error.code == .closed { return }
                await self.recover(topicPartition, error)
            }
        }
    }

    private func recover(_ topicPartition: TopicPartition, _ error: EventLogError) async {
        if error.code == .offsetOutOfRange, let bounds = error.bounds {
            self.logger.error(
                "retention has overtaken the tail: records are lost to every subscription",
                metadata: ["partition": "\(topicPartition)", "start": "\(bounds.start)"])
            self.core.step { state, now in
                state.machine.tailRangeLost(topicPartition, start: bounds.start, now: now)
            }
        } else {
            self.logger.warning(
                "a partition cannot be read and is tried again",
                metadata: ["partition": "\(topicPartition)", "error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(self.configuration.limits.internalRetryMilliseconds))
    }

    /// Matches outside the lock; where the index has changed meanwhile, again.
    private func feed(_ batch: RecordBatch) {
        let events = batch.records.compactMap { self.deliverable($0, in: batch.topicPartition) }
        if !batch.records.isEmpty { self.observer.fetched(records: batch.records.count, isCatchUp: false) }
        var isTaken = false
        while !isTaken {
            let (index, version) = self.core.look { ($0.index, $0.version) }
            let matches = self.matches(events, in: batch.topicPartition, with: index)
            isTaken = self.core.step { state, now in
                guard state.version == version else { return false }
                state.ends[batch.topicPartition] = batch.end
                state.machine.tail(
                    TailBatch(topicPartition: batch.topicPartition, matches: matches, next: batch.next), now: now)
                return true
            }
        }
    }

    private func matches(
        _ events: [(event: DeliverableEvent, target: SubscriptionID?)], in topicPartition: TopicPartition,
        with index: SubscriptionIndex
    ) -> [TailBatch.Match] {
        var matches: [TailBatch.Match] = []
        var slots: [Int] = []
        for (event, target) in events {
            if topicPartition.topic == self.configuration.redriveTopic {
                slots = target.flatMap { id in self.core.look { $0.machine.slot(of: id) } }.map { [$0] } ?? []
            } else {
                index.match(event.event, into: &slots)
            }
            if !slots.isEmpty { matches.append(TailBatch.Match(event: event, slots: slots)) }
        }
        return matches
    }

    /// The event in a record, and in the redrive topic the one subscription that it is for.
    private func deliverable(
        _ element: RecordBatch.Element, in topicPartition: TopicPartition
    ) -> (event: DeliverableEvent, target: SubscriptionID?)? {
        do {
            let event = try element.record.cloudEvent()
            let target =
                topicPartition.topic == self.configuration.redriveTopic
                ? DeadLetterChannel.target(of: element.record) : nil
            return (
                DeliverableEvent(
                    event: event, position: Position(topicPartition, element.offset),
                    timestamp: element.record.timestamp),
                target
            )
        } catch {
            self.observer.invalidRecord(at: Position(topicPartition, element.offset))
            return nil
        }
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
        return batch.records.compactMap { element in
            let offset = element.offset.value
            if offset < fetch.position, !reload.contains(offset) { return nil }
            guard let (event, target) = self.deliverable(element, in: batch.topicPartition) else { return nil }
            if offset < fetch.position { return event }
            if batch.topicPartition.topic == self.configuration.redriveTopic { return target == id ? event : nil }
            return compiled?.matches(event.event) == true ? event : nil
        }
    }
}
