import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// Bounds that hold after every step.
    mutating func check() {
        let totals = self.machine.totals
        if totals.detachedCursors > 0 { self.statistics.detachedSeen += 1 }
        if totals.inFlight != self.flights.count {
            self.violate("\(totals.inFlight) attempts are counted, and \(self.flights.count) are in flight")
        }
        if totals.fetchesInFlight > self.limits.catchUpFetchesMax || self.fetches.count > totals.fetchesInFlight {
            self.violate("\(totals.fetchesInFlight) reads are in flight")
        }
        let footprint = self.machine.footprint
        if footprint.heldBytes != totals.heldBytes || footprint.heldEvents != footprint.countedEvents {
            self.violate("\(totals.heldBytes) bytes are counted, and \(footprint.heldBytes) are held")
        }
        // What is at a sink, or being given up, cannot leave memory.
        if totals.heldBytes > max(self.limits.heldBytesMax + Self.eventBytesMax, footprint.pinnedBytes) {
            self.violate("\(totals.heldBytes) bytes are held, \(footprint.pinnedBytes) of them under way")
        }
        if totals.heldBytes > self.limits.heldBytesMax / 2 { self.statistics.pressureSeen += 1 }
        self.check(footprint)
        for id in self.inForce.keys.sorted() {
            guard let standing = self.machine.standing(of: id, ends: [:]) else { continue }
            if standing.heldEvents > self.limits.windowEventsMax {
                self.violate("\(id) holds \(standing.heldEvents) events")
            }
        }
    }

    /// Room for one event at most: it is let in while there is any left.
    private static let eventBytesMax = 3_400

    private mutating func check(_ footprint: DeliveryStateMachine.Footprint) {
        if footprint.subscriptionBytesMax > self.limits.windowBytesMax + Self.eventBytesMax {
            self.violate("a subscription holds \(footprint.subscriptionBytesMax) bytes")
        }
        if footprint.lanes > footprint.heldEvents { self.violate("\(footprint.lanes) lanes are kept") }
        if footprint.ready > footprint.lanes { self.violate("\(footprint.ready) lanes are said to be ready") }
        let cursors = footprint.cursors
        let waits = footprint.lanes + cursors + self.inForce.count + footprint.deadLetterings + footprint.destinations
        let timersMax = max(128, 2 * waits)
        if footprint.timers > timersMax {
            self.violate("\(footprint.timers) timers are kept, for \(footprint.lanes) lanes")
        }
        if footprint.trackedMax > 2 * self.limits.windowEventsMax + 64 {
            self.violate("\(footprint.trackedMax) offsets are remembered for one cursor")
        }
        if footprint.unsettledMax > self.limits.windowEventsMax {
            self.violate("\(footprint.unsettledMax) unsettled offsets are remembered for one cursor")
        }
        if !footprint.isTriedUnloaded {
            self.violate("attempts are remembered of events that are in memory, or settled")
        }
        if footprint.deadLetterings > footprint.lanes {
            self.violate("\(footprint.deadLetterings) dead letters are being written")
        }
        if footprint.waitingMax > footprint.slots { self.violate("\(footprint.waitingMax) wait for a destination") }
        if footprint.hungry > cursors { self.violate("\(footprint.hungry) cursors want to be read for") }
        if footprint.destinations != self.sending.endpointCount {
            self.violate("\(footprint.destinations) destinations are known of \(self.sending.endpointCount)")
        }
    }

    /// The world becomes kind, and everything that is accepted has to find its fate. After that nothing is sent again,
    /// not even by another process.
    mutating func quiesce() {
        self.isQuiescing = true
        self.finishCommit()
        if self.revoking != nil { self.reassign() }
        for partition in self.log.partitions.indices where !self.assigned.contains(partition) { self.assign(partition) }
        self.rest()
        guard self.violation == nil else { return }
        let sends = self.statistics.sends
        // Changes that were answered with a failure, and may be durable, are taken back.
        self.catalog = self.inForce
        self.restart()
        self.rest()
        if self.violation == nil, self.statistics.sends != sends {
            self.violate("\(self.statistics.sends - sends) attempts were made after all was settled and committed")
        }
    }

    private mutating func rest() {
        var rounds = 0
        while rounds < 5_000, self.violation == nil {
            rounds += 1
            for gate in 0...1 { while !self.work[gate].isEmpty || !self.heard[gate].isEmpty { self.workOn(gate) } }
            self.resumeAll()
            for partition in self.log.partitions.indices { self.readTail(partition, max: 50) }
            for _ in 0..<8 {
                self.answer()
                self.finishFetch()
                self.finishDeadLetter()
            }
            self.commit()
            if self.flights.isEmpty, self.fetches.isEmpty, self.deadLetterings.isEmpty {
                if self.plan == nil { self.beginCommit() }
                let footprint = self.machine.footprint
                if self.plan == nil, footprint.unsettledMax == 0, self.machine.totals.detachedCursors == 0,
                    self.firstMissing() == nil
                {
                    return
                }
                self.passTime()
            }
            self.now += 1
            self.machine.advance(now: self.now)
            self.carryOut()
            self.check()
        }
        guard self.violation == nil else { return }
        let missing = self.firstMissing()
        self.violate("the world does not come to rest: \(missing ?? "there is always more to commit")")
    }

    /// What a live subscription should have and has not.
    private mutating func firstMissing() -> String? {
        for id in self.inForce.keys.sorted() {
            guard let subscription = self.inForce[id] else { continue }
            if subscription.isReplay { return "the replay \(id) is not complete" }
            for partition in self.log.partitions.indices {
                let missing = self.ledgers[subscription.generation]?.firstMissing(partition, in: self.log)
                if let offset = missing ?? nil { return "\(id) lacks \(self.log.partitions[partition])@\(offset)" }
            }
        }
        return nil
    }

    /// A replay that says it is done has sent its whole range.
    mutating func checkReplay(_ id: SubscriptionID) {
        guard let subscription = self.inForce[id] else { return self.violate("the replay \(id) is done and not there") }
        for partition in self.log.partitions.indices {
            let missing = self.ledgers[subscription.generation]?.firstMissing(partition, in: self.log)
            if let offset = missing ?? nil {
                self.violate("the replay \(id) is done without \(self.log.partitions[partition])@\(offset)")
            }
        }
    }
}
