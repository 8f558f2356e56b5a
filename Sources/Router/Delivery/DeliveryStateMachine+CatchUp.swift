import DequeModule
import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// Where nobody gave memory up, it is looked so much later again, in milliseconds.
    static let victimSearchMilliseconds: Int64 = 100

    /// A detached cursor wants to be read for.
    mutating func becomeHungry(_ slot: Int, _ tail: Int) {
        guard let cursor = self.subscriptions[slot].cursors[tail], cursor.isDetached, cursor.fetch == .idle else {
            return
        }
        self.subscriptions[slot].cursors[tail]!.fetch = .queued
        self.subscriptions[slot].hungry.append(tail)
        self.hungrySlots.append(slot, of: self.subscriptions[slot].tenant)
    }

    /// The subscription may have room again.
    mutating func askAgain(_ slot: Int) {
        if !self.subscriptions[slot].hungry.isEmpty {
            self.hungrySlots.append(slot, of: self.subscriptions[slot].tenant)
        }
    }

    /// Begins reads for subscriptions that lag and have room.
    /// One that has none asks again when something of it settles.
    mutating func serveHungry(now: Int64) {
        while self.fetchesInFlight < self.limits.catchUpFetchesMax,
            let slot = self.hungrySlots.popFirst(weight: { self.tenants[$0].weight })
        {
            guard self.isHungryAndFree(slot) else { continue }
            guard self.hasBudget(slot, now: now) else {
                self.hungrySlots.append(slot, of: self.subscriptions[slot].tenant)
                return
            }
            guard let tail = self.subscriptions[slot].hungry.popFirst() else { continue }
            self.askAgain(slot)
            self.read(slot, tail)
        }
    }

    private func isHungryAndFree(_ slot: Int) -> Bool {
        let subscription = self.subscriptions[slot]
        return subscription.isActive && !subscription.hungry.isEmpty
            && subscription.heldEvents <= self.roomEvents(slot) / 2
            && subscription.heldBytes <= self.limits.windowBytesMax / 2
    }

    /// Events that a lagging subscription may hold: while its circuit is open just enough to probe with.
    private func roomEvents(_ slot: Int) -> Int {
        if case .open = self.destinations[self.subscriptions[slot].destination].circuit.state {
            return min(16, self.limits.windowEventsMax)
        }
        return self.limits.windowEventsMax
    }

    private mutating func hasBudget(_ slot: Int, now: Int64) -> Bool {
        let limit = self.limits.heldBytesMax - self.limits.catchUpBytesMax
        if self.heldBytes + self.reservedBytes <= limit { return true }
        guard self.subscriptions[slot].heldEvents == 0, !self.isStuck(slot, now: now) else { return false }
        let burden = self.burden(self.subscriptions[slot].tenant)
        // Who holds more may take from fewer: to look through all subscriptions at every report is too dear.
        if let failed = self.failedSearch, now < failed.until, burden >= failed.burden { return false }
        // Only the stuck and the greedy make room: the others would but read the same again, and nobody got on. Greedy
        // is also a tenant that holds more than this one would hold then.
        let fair = burden + self.limits.catchUpBytesMax
        let victims = self.holders { victim in
            victim != slot
                && (self.subscriptions[victim].heldBytes > self.limits.catchUpBytesMax
                    || self.burden(self.subscriptions[victim].tenant) > fair || self.isStuck(victim, now: now))
        }
        self.relievePressure(downTo: limit - self.reservedBytes, victims: victims)
        if self.heldBytes + self.reservedBytes <= limit { return true }
        let until = now + Self.victimSearchMilliseconds
        self.failedSearch = FailedSearch(burden: burden, until: until)
        self.schedule(.victimSearch, at: until)
        return false
    }

    /// Whether a subscription cannot send for a while, whatever it holds.
    private func isStuck(_ slot: Int, now: Int64) -> Bool {
        if case .open(let until) = self.destinations[self.subscriptions[slot].destination].circuit.state, until > now {
            return true
        }
        return !self.subscriptions[slot].isActive || self.subscriptions[slot].holdUntil > now
    }

    private mutating func read(_ slot: Int, _ tail: Int) {
        guard let cursor = self.subscriptions[slot].cursors[tail], cursor.isDetached, self.tails[tail].isAssigned else {
            self.subscriptions[slot].cursors[tail]?.fetch = .idle
            return
        }
        if self.joinIfReached(slot, tail) { return }
        if let until = cursor.until, cursor.tracker.unloadedCount == 0, cursor.tracker.position >= until {
            self.subscriptions[slot].cursors[tail]!.fetch = .idle
            self.completeIfDone(slot)
            return
        }
        let reload = cursor.tracker.unloaded
        let from = reload.first ?? cursor.tracker.position
        var recordsMax = self.limits.catchUpRecordsMax
        if let first = reload.first, cursor.tracker.position - first > Int64(recordsMax) * 4 {
            // Few unread events far behind: read just the next ones, not all between.
            let near = reload.prefix { $0 - first < 64 }
            recordsMax = Int(near.last! - first) + 1
        }
        self.subscriptions[slot].cursors[tail]!.fetch = .inFlight
        self.fetchesInFlight += 1
        self.reservedBytes += self.limits.catchUpBytesMax
        self.emit(
            .fetch(
                CatchUpFetch(
                    slot: slot, topicPartition: self.tails[tail].topicPartition, epoch: cursor.epoch,
                    incarnation: self.subscriptions[slot].incarnation, assignment: self.tails[tail].assignment,
                    from: Offset(from), recordsMax: recordsMax,
                    bytesMax: self.limits.catchUpBytesMax, reload: reload,
                    position: cursor.tracker.position)))
    }

    /// Re-attaches a subscription that has caught up with the tail and has room.
    private mutating func joinIfReached(_ slot: Int, _ tail: Int) -> Bool {
        let cursor = self.subscriptions[slot].cursors[tail]!
        guard !self.subscriptions[slot].specification.isReplay, cursor.tracker.unloadedCount == 0,
            cursor.tracker.position >= self.tails[tail].position
        else { return false }
        self.subscriptions[slot].cursors[tail]!.isDetached = false
        self.subscriptions[slot].cursors[tail]!.fetch = .idle
        self.subscriptions[slot].cursors[tail]!.version += 1
        return true
    }

    /// What a read gave: events that match (or were asked for), in the order of their offsets.
    ///
    /// - Parameter next: where the read ended; everything between was looked at.
    public mutating func fetched(_ fetch: CatchUpFetch, events: [DeliverableEvent], next: Offset, now: Int64) {
        self.endFetch()
        defer { self.pump(now: now) }
        guard let tail = self.current(fetch) else { return }
        self.subscriptions[fetch.slot].cursors[tail]!.fetch = .idle
        if self.subscriptions[fetch.slot].cursors[tail]!.epoch == fetch.epoch {
            self.take(fetch, tail, events, next: next.value)
        }
        if !self.joinIfReached(fetch.slot, tail) { self.becomeHungry(fetch.slot, tail) }
        self.completeIfDone(fetch.slot)
    }

    private mutating func take(_ fetch: CatchUpFetch, _ tail: Int, _ events: [DeliverableEvent], next: Int64) {
        let slot = fetch.slot
        let until = self.subscriptions[slot].cursors[tail]!.until ?? .max
        for event in events {
            let offset = event.position.offset.value
            if offset >= until { break }
            let isReload = offset < self.subscriptions[slot].cursors[tail]!.tracker.position
            guard self.subscriptions[slot].isActive, self.subscriptions[slot].heldEvents < self.roomEvents(slot),
                self.subscriptions[slot].heldBytes < self.limits.windowBytesMax,
                self.heldBytes < self.limits.heldBytesMax
            else {
                // No room: what is not taken is read again. Records before this one were looked at.
                self.subscriptions[slot].lostOffsets +=
                    self.subscriptions[slot].cursors[tail]!.forgetUnloaded(below: min(offset, fetch.position))
                self.advancePosition(slot, tail, to: offset)
                return
            }
            if isReload {
                guard self.subscriptions[slot].cursors[tail]!.tracker.load(offset) else { continue }
            } else {
                self.subscriptions[slot].cursors[tail]!.tracker.hold(offset)
                self.advancePosition(slot, tail, to: offset + 1)
            }
            self.hold(event, slot, tail)
        }
        self.subscriptions[slot].lostOffsets +=
            self.subscriptions[slot].cursors[tail]!.forgetUnloaded(below: next)
        self.advancePosition(slot, tail, to: min(next, until))
    }

    private mutating func advancePosition(_ slot: Int, _ tail: Int, to position: Int64) {
        guard self.subscriptions[slot].cursors[tail]!.tracker.position < position else { return }
        self.subscriptions[slot].cursors[tail]!.tracker.position = position
        self.subscriptions[slot].cursors[tail]!.version += 1
    }

    /// A read failed: it is tried again after a while.
    public mutating func fetchFailed(_ fetch: CatchUpFetch, now: Int64) {
        self.endFetch()
        if let tail = self.current(fetch) {
            self.subscriptions[fetch.slot].cursors[tail]!.fetch = .waiting
            self.schedule(
                .refetch(slot: fetch.slot, incarnation: self.subscriptions[fetch.slot].incarnation, tail: tail),
                at: now + self.limits.internalRetryMilliseconds)
        }
        self.pump(now: now)
    }

    /// The log's first offset has passed the cursor: what lay between is lost, and that is said.
    public mutating func rangeLost(_ fetch: CatchUpFetch, start: Offset, now: Int64) {
        self.endFetch()
        defer { self.pump(now: now) }
        guard let tail = self.current(fetch) else { return }
        self.subscriptions[fetch.slot].cursors[tail]!.fetch = .idle
        let position = self.subscriptions[fetch.slot].cursors[tail]!.tracker.position
        // What left memory while the read was under way may lie before it.
        let from = min(fetch.from.value, self.subscriptions[fetch.slot].cursors[tail]!.tracker.firstUnloaded ?? .max)
        var lost = self.subscriptions[fetch.slot].cursors[tail]!.forgetUnloaded(below: start.value)
        let until = self.subscriptions[fetch.slot].cursors[tail]!.until ?? .max
        if position < start.value {
            lost += min(start.value, until) - position
            self.advancePosition(fetch.slot, tail, to: min(start.value, until))
        }
        self.subscriptions[fetch.slot].cursors[tail]!.version += 1
        if lost > 0 {
            self.subscriptions[fetch.slot].lostOffsets += lost
            self.emit(
                .rangeLost(
                    self.subscriptions[fetch.slot].specification.id, fetch.topicPartition, from: Offset(from),
                    to: start))
        }
        self.becomeHungry(fetch.slot, tail)
        self.completeIfDone(fetch.slot)
    }

    private mutating func endFetch() {
        self.fetchesInFlight -= 1
        self.reservedBytes -= self.limits.catchUpBytesMax
    }

    /// The partition's index, if the read's cursor is still the one that it was begun for and waits for it.
    private func current(_ fetch: CatchUpFetch) -> Int? {
        guard let tail = self.tailIndexes[fetch.topicPartition], self.tails[tail].isAssigned,
            self.tails[tail].assignment == fetch.assignment, !self.subscriptions[fetch.slot].isRemoved,
            self.subscriptions[fetch.slot].incarnation == fetch.incarnation,
            let cursor = self.subscriptions[fetch.slot].cursors[tail], cursor.isDetached, cursor.fetch == .inFlight
        else { return nil }
        return tail
    }
}
