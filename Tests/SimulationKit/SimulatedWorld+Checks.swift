import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// Bounds that hold after every step.
    mutating func check() {
        let totals = self.machine.totals
        if totals.detachedCursors > 0 { self.statistics.detachedSeen += 1 }
        if totals.inFlight > self.limits.inFlightMax { self.violate("\(totals.inFlight) attempts are in flight") }
        if totals.fetchesInFlight > self.limits.catchUpFetchesMax {
            self.violate("\(totals.fetchesInFlight) reads are in flight")
        }
        if totals.heldBytes < 0 { self.violate("held bytes are negative") }
        // One batch from the tail may pass the limit before the pressure is relieved; what was tried stays.
        let slack = 12 * 600 * max(1, self.catalog.count) + self.limits.inFlightMax * 600 * 8
        if totals.heldBytes > self.limits.heldBytesMax + slack { self.violate("\(totals.heldBytes) bytes are held") }
        for id in self.catalog.keys.sorted() {
            guard let standing = self.machine.standing(of: id, ends: [:]) else { continue }
            if standing.heldEvents > self.limits.windowEventsMax {
                self.violate("\(id) holds \(standing.heldEvents) events")
            }
        }
    }

    /// The world becomes kind, and everything that is accepted has to find its fate.
    mutating func quiesce() {
        self.isQuiescing = true
        for topicPartition in self.partitions where !self.assigned.contains(topicPartition) {
            self.assign(topicPartition)
        }
        for id in self.catalog.keys.sorted() where self.catalog[id]!.status != .active && !self.catalog[id]!.isCompleted
        {
            self.catalog[id]!.status = .active
            self.machine.update(self.specification(self.catalog[id]!), now: self.now)
        }
        self.carryOut()
        var rounds = 0
        while rounds < 20_000, self.violation == nil {
            rounds += 1
            for topicPartition in self.partitions { self.readTail(topicPartition, max: 50) }
            for _ in 0..<8 {
                self.answer()
                self.finishFetch()
                self.finishDeadLetter()
            }
            self.carryOut()
            self.commit()
            if self.attempts.isEmpty, self.fetches.isEmpty, self.deadLetterWrites.isEmpty {
                if self.isComplete { return }
                self.passTime()
            }
            self.now += 1
            self.machine.advance(now: self.now)
            self.carryOut()
            self.check()
        }
        if self.violation == nil { self.violate("the world does not come to rest: \(self.missing.prefix(5))") }
    }

    private var isComplete: Bool { self.missing.isEmpty && self.plan == nil }

    /// Events that a live subscription should have and has not.
    private var missing: [String] {
        var missing: [String] = []
        for subscription in self.catalog.values.sorted(by: { $0.id < $1.id }) where !subscription.isReplay {
            for topicPartition in self.partitions {
                let start = max(subscription.starts[topicPartition]?.value ?? 0, 0)
                for record in self.log.records[topicPartition] ?? []
                where record.position.offset.value >= start && subscription.alwaysKinds.contains(record.kind) {
                    let settled = Settled(generation: subscription.generation, position: record.position)
                    if self.settled[settled] == nil, !self.lost.contains(settled),
                        record.position.offset.value >= self.log.start(topicPartition)
                    {
                        missing.append("\(subscription.id) lacks \(record.position)")
                    }
                }
            }
        }
        for subscription in self.catalog.values where subscription.isReplay && !subscription.isCompleted {
            missing.append("replay \(subscription.id) is not complete")
        }
        return missing
    }

    /// A replay that says it is done has sent its whole range.
    mutating func checkReplay(_ id: SubscriptionID) {
        guard let subscription = self.catalog[id] else { return }
        for (topicPartition, until) in subscription.until.sorted(by: { $0.key < $1.key }) {
            let start = subscription.starts[topicPartition]?.value ?? 0
            for offset in max(start, self.log.start(topicPartition))..<max(start, self.log.start(topicPartition), until)
            {
                let record = self.log.records[topicPartition]![Int(offset)]
                let settled = Settled(generation: subscription.generation, position: record.position)
                if subscription.alwaysKinds.contains(record.kind), self.settled[settled] == nil,
                    !self.lost.contains(settled)
                {
                    self.violate("the replay is done without \(record.position)")
                }
            }
        }
    }
}
