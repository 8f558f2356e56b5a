import DequeModule
import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// Takes up a subscription (or a replay) and gives it a slot.
    ///
    /// - Parameters:
    ///   - starts: the first offset of each partition that is its own; partitions that are not named start at 0 if they
    ///     were added since, which for the tail's purposes is wherever the tail stands.
    ///   - cursors: what was committed for it; cursors of another generation are ignored.
    ///   - isNew: it was created just now, so that the tail may have passed its start already.
    @discardableResult
    public mutating func add(
        _ specification: DeliverySpecification, starts: [TopicPartition: Offset],
        cursors: [TopicPartition: SubscriptionCursor], isNew: Bool = false, now: Int64
    ) -> Int {
        let slot = self.freeSlots.popLast() ?? self.subscriptions.count
        let state = SubscriptionState(
            specification: specification, tenant: self.tenantIndex(specification.id.tenant),
            destination: self.useDestination(specification), incarnation: self.nextID())
        if slot == self.subscriptions.count {
            self.subscriptions.append(state)
        } else {
            self.subscriptions[slot] = state
        }
        self.slots[specification.id] = slot
        for tail in self.tails.indices where self.tails[tail].isAssigned {
            let topicPartition = self.tails[tail].topicPartition
            let start = starts[topicPartition]
            self.place(slot, tail, start: start, cursor: cursors[topicPartition])
            if isNew, self.subscriptions[slot].cursors[tail] == nil, !specification.isReplay,
                (start?.value ?? 0) < self.tails[tail].position
            {
                self.placeDetached(slot, tail, nil, at: start?.value ?? 0, unsettled: [])
            }
        }
        self.completeIfDone(slot)
        self.pump(now: now)
        return slot
    }

    /// Decides where a subscription stands in a partition when both are known for the first time.
    mutating func place(_ slot: Int, _ tail: Int, start: Offset?, cursor: SubscriptionCursor?) {
        let specification = self.subscriptions[slot].specification
        let until = specification.until[self.tails[tail].topicPartition]
        guard !specification.isReplay || until != nil else { return }
        let own = cursor.flatMap { $0.generation == specification.generation ? $0 : nil }
        if specification.isReplay {
            self.placeDetached(slot, tail, own, at: own?.position ?? start?.value ?? 0, unsettled: own?.unsettled ?? [])
            self.subscriptions[slot].cursors[tail]!.until = until
            return
        }
        let committed = self.tails[tail].committed
        guard let own else {
            if let start, start.value > self.tails[tail].position {
                self.makeCursor(slot, tail, tracker: OffsetTracker(position: start.value), isDetached: false)
            }
            return
        }
        if own.isDetached {
            self.placeDetached(slot, tail, own, at: own.position, unsettled: own.unsettled)
            return
        }
        let unsettled = own.unsettled.filter { $0 >= committed }
        let position = max(own.position, committed)
        if !unsettled.isEmpty {
            self.placeDetached(slot, tail, own, at: position, unsettled: unsettled)
        } else if position > self.tails[tail].position {
            self.makeCursor(
                slot, tail, tracker: OffsetTracker(position: position), isDetached: false, durable: .attached)
        }
    }

    private mutating func placeDetached(
        _ slot: Int, _ tail: Int, _ own: SubscriptionCursor?, at position: Int64, unsettled: [Int64]
    ) {
        self.makeCursor(
            slot, tail, tracker: OffsetTracker(position: position, unsettled: unsettled), isDetached: true,
            durable: own.map { $0.isDetached ? .detached : .attached } ?? .none)
        self.subscriptions[slot].cursors[tail]!.delivered = own?.delivered ?? 0
        self.subscriptions[slot].cursors[tail]!.deadLettered = own?.deadLettered ?? 0
        self.becomeHungry(slot, tail)
    }

    /// Changes destination, configuration and status. What was matched already stays matched; reads under way are
    /// forgotten, so that the unread backlog is matched by the filters of now.
    public mutating func update(_ specification: DeliverySpecification, now: Int64) {
        guard let slot = self.slots[specification.id] else { return }
        let old = self.subscriptions[slot].specification
        self.subscriptions[slot].specification = specification
        let left = self.subscriptions[slot].destination
        self.subscriptions[slot].destination = self.useDestination(specification)
        self.subscriptions[slot].isWaitingForDestination = false
        self.leaveDestination(left)
        if old.config.rateLimitPerSecond != specification.config.rateLimitPerSecond {
            self.subscriptions[slot].rate = specification.config.rateLimitPerSecond.map { SendRate(perSecond: $0) }
        }
        for tail in self.subscriptions[slot].cursors.keys.sorted() {
            self.subscriptions[slot].cursors[tail]!.epoch = self.nextID()
        }
        if specification.status == .active {
            self.subscriptions[slot].failingSince = nil
            self.subscriptions[slot].holdUntil = .min
            self.retryAtOnce(slot, now: now)
            self.enqueue(slot)
            self.askAgain(slot)
        } else if old.status == .active {
            self.detachEverywhere(slot)
        }
        self.pump(now: now)
    }

    /// A person changed or resumed the subscription: what waits for a retry need not wait longer.
    private mutating func retryAtOnce(_ slot: Int, now: Int64) {
        for key in self.subscriptions[slot].lanes.keys.sorted() {
            guard case .waiting = self.subscriptions[slot].lanes[key]!.state else { continue }
            self.subscriptions[slot].lanes[key]!.pending[0].verdict = nil
            self.subscriptions[slot].lanes[key]!.state = .waiting(untilMilliseconds: now)
            self.schedule(.lane(slot: slot, incarnation: self.subscriptions[slot].incarnation, key: key), at: now)
        }
        for tail in self.subscriptions[slot].cursors.keys {
            for (offset, tried) in self.subscriptions[slot].cursors[tail]!.tried where tried.dueAt > .min {
                self.subscriptions[slot].cursors[tail]!.tried[offset]!.dueAt = .min
                self.subscriptions[slot].cursors[tail]!.tried[offset]!.verdict = nil
            }
        }
    }

    /// Lets a subscription go. Attempts in flight are abandoned: their reports change nothing.
    public mutating func remove(_ id: SubscriptionID, now: Int64) {
        guard let slot = self.slots.removeValue(forKey: id) else { return }
        for tail in self.subscriptions[slot].cursors.keys { self.tails[tail].slots.remove(slot) }
        self.heldBytes -= self.subscriptions[slot].heldBytes
        self.tenants[self.subscriptions[slot].tenant].heldBytes -= self.subscriptions[slot].heldBytes
        self.subscriptions[slot].isRemoved = true
        self.forgetDeadLetters { $0.slot == slot }
        self.subscriptions[slot].lanes = [:]
        self.subscriptions[slot].cursors = [:]
        self.subscriptions[slot].ready = []
        self.leaveDestination(self.subscriptions[slot].destination)
        self.subscriptions[slot].hungry = []
        self.subscriptions[slot].heldBytes = 0
        self.subscriptions[slot].heldEvents = 0
        // Rings and queues may still name the slot; it is reused only once they cannot be mistaken.
        if !self.subscriptions[slot].isQueued { self.freeSlots.append(slot) }
        self.pump(now: now)
    }

    /// Circuits and caps are counted by tenant and origin: one tenant's dead endpoint says nothing to another.
    private mutating func useDestination(_ specification: DeliverySpecification) -> Int {
        let key = DestinationKey(tenant: specification.id.tenant, origin: specification.destination.origin)
        if let index = self.destinationIndexes[key] {
            self.destinations[index].users += 1
            return index
        }
        var state = DestinationState(
            key: key, host: self.useHost(specification.destination.origin),
            circuit: Circuit(
                failuresMax: self.limits.circuitFailuresMax,
                openMillisecondsMin: self.limits.circuitOpenMillisecondsMin,
                openMillisecondsMax: self.limits.circuitOpenMillisecondsMax))
        state.users = 1
        let index: Int
        if let free = self.freeDestinations.popLast() {
            index = free
            self.destinations[index] = state
        } else {
            index = self.destinations.count
            self.destinations.append(state)
        }
        self.destinationIndexes[key] = index
        return index
    }

    private mutating func leaveDestination(_ index: Int) {
        self.destinations[index].users -= 1
        self.forgetDestinationIfUnused(index)
        // It may have been its turn there, which it will not use: another that waits has it.
        if self.destinations[index].users > 0 {
            self.passTurn(onDestination: index)
        } else {
            self.wakeWaiting(onHost: self.destinations[index].host)
        }
    }

    /// Nobody sends there any more and nothing is on its way: its circuit is forgotten, its place is used again.
    mutating func forgetDestinationIfUnused(_ index: Int) {
        let state = self.destinations[index]
        guard state.users == 0, state.inFlight == 0, self.destinationIndexes[state.key] == index else { return }
        self.destinationIndexes[state.key] = nil
        self.destinations[index].waiting = SlotQueue()
        self.freeDestinations.append(index)
        self.leaveHost(state.host)
    }
}
