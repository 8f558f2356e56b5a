import DequeModule
import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// A lane's head may be sent, unless it is given up already or its partition is about to go.
    mutating func makeReady(_ slot: Int, _ key: LaneKey) {
        guard self.tails[key.tail].isAssigned else { return self.abandon(slot, key, after: 0) }
        if self.subscriptions[slot].specification.config.deadLetter,
            case .givenUp(let reason, let report) = self.subscriptions[slot].lanes[key]?.pending.first?.verdict
        {
            return self.giveUp(slot, key, reason: reason, report: report)
        }
        self.subscriptions[slot].lanes[key]?.state = .ready
        self.subscriptions[slot].ready.append(key)
        self.enqueue(slot)
    }

    /// Puts a subscription into its tenant's ring, if it has something to send and is not there.
    mutating func enqueue(_ slot: Int) {
        guard !self.subscriptions[slot].isQueued, !self.subscriptions[slot].isWaitingForDestination,
            self.subscriptions[slot].isActive, !self.subscriptions[slot].ready.isEmpty
        else { return }
        self.subscriptions[slot].isQueued = true
        let tenant = self.subscriptions[slot].tenant
        self.tenants[tenant].ring.append(slot)
        self.enqueueTenant(tenant)
    }

    mutating func enqueueTenant(_ tenant: Int) {
        guard !self.tenants[tenant].isQueued, !self.tenants[tenant].ring.isEmpty,
            self.hasPlace(tenant)
        else { return }
        self.tenants[tenant].isQueued = true
        self.tenantRing.append(tenant)
    }

    /// Sends what may be sent: weighted round robin over tenants, then round robin over their subscriptions. A tenant
    /// for which places are scarce keeps its turn until they are not.
    mutating func pump(now: Int64) {
        guard self.isSending else { return }
        repeat {
            self.takeTurns(now: now)
        } while self.flights.count < self.limits.inFlightMax && self.offerTurns(now: now)
        self.serveHungry(now: now)
    }

    private mutating func takeTurns(now: Int64) {
        while self.flights.count < self.limits.inFlightMax, let tenant = self.tenantRing.popFirst() {
            if self.isScarce(for: tenant) {
                self.heldBack.append(tenant)
                continue
            }
            var credit = self.tenants[tenant].credit > 0 ? self.tenants[tenant].credit : self.tenants[tenant].weight
            while credit > 0, self.flights.count < self.limits.inFlightMax,
                self.hasPlace(tenant), !self.isScarce(for: tenant),
                let slot = self.tenants[tenant].ring.popFirst()
            {
                self.subscriptions[slot].isQueued = false
                if self.subscriptions[slot].isRemoved {
                    self.freeSlots.append(slot)
                } else if self.trySend(slot, now: now) {
                    credit -= 1
                    self.enqueue(slot)
                }
            }
            self.endTurn(tenant, credit: credit)
        }
    }

    /// A tenant whose turn was cut short goes on with it when there is room again; all others go to the end.
    private mutating func endTurn(_ tenant: Int, credit: Int) {
        let (isFull, isScarce) = (self.flights.count >= self.limits.inFlightMax, self.isScarce(for: tenant))
        let isCutShort =
            credit > 0 && (isFull || isScarce) && !self.tenants[tenant].ring.isEmpty && self.hasPlace(tenant)
        self.tenants[tenant].credit = isCutShort ? credit : 0
        if isCutShort { return isScarce ? self.heldBack.prepend(tenant) : self.tenantRing.prepend(tenant) }
        self.tenants[tenant].isQueued = false
        self.enqueueTenant(tenant)
    }

    /// Makes one attempt for a subscription. False where it cannot send now; what it waits for brings it back.
    private mutating func trySend(_ slot: Int, now: Int64) -> Bool {
        guard self.isDue(slot, now: now) else {
            self.passOn(slot)
            return false
        }
        guard self.mayUseDestination(of: slot, now: now) else { return false }
        guard self.mayUseHost(of: slot, now: now) else { return false }
        let lanes = self.takeLanes(slot, now: now)
        guard !lanes.isEmpty else {
            self.passOn(slot)
            return false
        }
        self.send(slot, lanes, now: now)
        return true
    }

    /// Whether nothing of the subscription's own holds it back.
    private mutating func isDue(_ slot: Int, now: Int64) -> Bool {
        guard self.subscriptions[slot].isActive,
            self.subscriptions[slot].inFlight < self.subscriptions[slot].specification.config.concurrency
        else { return false }
        if self.subscriptions[slot].holdUntil > now {
            self.wake(slot, at: self.subscriptions[slot].holdUntil)
            return false
        }
        if let next = self.subscriptions[slot].rate?.nextMilliseconds(now: now), next > now {
            self.wake(slot, at: next)
            return false
        }
        return true
    }

    /// A turn at the destination that this subscription cannot use goes to the next that waits there.
    private mutating func passOn(_ slot: Int) {
        self.passTurn(onDestination: self.subscriptions[slot].destination)
    }

    mutating func passTurn(onDestination index: Int) {
        if case .open = self.destinations[index].circuit.state {
        } else {
            if self.wakeWaiting(onDestination: index, all: false) {
                return self.noteTurn(onHost: self.destinations[index].host)
            }
        }
        self.wakeWaiting(onHost: self.destinations[index].host)
    }

    private mutating func wake(_ slot: Int, at time: Int64) {
        if let earlier = self.subscriptions[slot].wakeAt, earlier <= time { return }
        self.subscriptions[slot].wakeAt = time
        self.schedule(.wake(slot: slot, incarnation: self.subscriptions[slot].incarnation), at: time)
    }

    /// Asks circuit and concurrency of the destination; registers the subscription there if it has to wait.
    private mutating func mayUseDestination(of slot: Int, now: Int64) -> Bool {
        let index = self.subscriptions[slot].destination
        self.destinations[index].circuit.advance(now: now)
        let mayPass =
            switch self.destinations[index].circuit.state {
            case .closed: self.destinations[index].inFlight < self.limits.inFlightPerDestinationMax
            case .halfOpen: !self.destinations[index].isProbing
            case .open: false
            }
        if mayPass { return true }
        if case .open(let until) = self.destinations[index].circuit.state, self.destinations[index].timerAt == nil {
            self.destinations[index].timerAt = until
            self.schedule(.destination(index), at: until)
        }
        self.awaitDestination(slot)
        return false
    }

    /// The subscription is not asked again before its destination, or the host, has a turn for it.
    mutating func awaitDestination(_ slot: Int) {
        guard !self.subscriptions[slot].isWaitingForDestination else { return }
        self.subscriptions[slot].isWaitingForDestination = true
        self.destinations[self.subscriptions[slot].destination].waiting.append(slot)
    }

    /// Gives whether one was woken that has something to send.
    @discardableResult
    mutating func wakeWaiting(onDestination index: Int, all: Bool) -> Bool {
        var hasWoken = false
        while let slot = self.destinations[index].waiting.popFirst() {
            // A slot may wait here from an earlier use, or have moved to another destination.
            guard self.subscriptions[slot].isWaitingForDestination, self.subscriptions[slot].destination == index else {
                continue
            }
            self.subscriptions[slot].isWaitingForDestination = false
            self.enqueue(slot)
            guard self.subscriptions[slot].isQueued else { continue }
            hasWoken = true
            if !all { return true }
        }
        return hasWoken
    }

    /// Takes lanes whose heads go into the next attempt: one lane, or in batched mode as many as fill the batch.
    private mutating func takeLanes(_ slot: Int, now: Int64) -> [(key: LaneKey, count: Int)] {
        let config = self.subscriptions[slot].specification.config
        guard config.mode == .batched else {
            return self.popReady(slot).map { [(key: $0, count: 1)] } ?? []
        }
        if !self.isBatchDue(slot, now: now) { return [] }
        var lanes: [(key: LaneKey, count: Int)] = []
        var room = config.batchMax
        while room > 0, let key = self.popReady(slot) {
            guard let lane = self.subscriptions[slot].lanes[key] else { continue }
            if lane.sendsSingly {
                if lanes.isEmpty { return [(key: key, count: 1)] }
                self.subscriptions[slot].ready.prepend(key)
                break
            }
            let count = min(room, lane.pending.count)
            lanes.append((key: key, count: count))
            room -= count
        }
        self.subscriptions[slot].batchSince = nil
        return lanes
    }

    private mutating func popReady(_ slot: Int) -> LaneKey? {
        while let key = self.subscriptions[slot].ready.popFirst() {
            if self.subscriptions[slot].lanes[key]?.state == .ready { return key }
        }
        return nil
    }

    /// Whether a batch is full, or has waited for long enough.
    private mutating func isBatchDue(_ slot: Int, now: Int64) -> Bool {
        let config = self.subscriptions[slot].specification.config
        var gathered = 0
        for key in self.subscriptions[slot].ready {
            guard let lane = self.subscriptions[slot].lanes[key], lane.state == .ready else { continue }
            if lane.sendsSingly { return true }
            gathered += lane.pending.count
            if gathered >= config.batchMax { return true }
        }
        guard gathered > 0 else { return false }
        let since = self.subscriptions[slot].batchSince ?? now
        self.subscriptions[slot].batchSince = since
        let due = since + config.batchLingerMilliseconds
        if now >= due { return true }
        self.wake(slot, at: due)
        return false
    }

    private mutating func send(_ slot: Int, _ lanes: [(key: LaneKey, count: Int)], now: Int64) {
        let id = self.nextID()
        var elements: [DeliveryAttempt.Element] = []
        elements.reserveCapacity(lanes.count)
        var number = 1
        for (key, count) in lanes {
            self.subscriptions[slot].lanes[key]!.state = .sending(count, attempt: id)
            for index in 0..<count {
                if self.subscriptions[slot].lanes[key]!.pending[index].attempts == 0 {
                    self.subscriptions[slot].lanes[key]!.pending[index].firstAttemptAt = now
                }
                self.subscriptions[slot].lanes[key]!.pending[index].attempts += 1
                let pending = self.subscriptions[slot].lanes[key]!.pending[index]
                number = max(number, pending.attempts)
                elements.append(
                    .init(
                        event: pending.event.event, position: pending.event.position,
                        timestamp: pending.event.timestamp))
            }
        }
        let destination = self.subscriptions[slot].destination
        let isProbe = self.destinations[destination].circuit.state == .halfOpen
        if isProbe { self.destinations[destination].isProbing = true }
        self.destinations[destination].inFlight += 1
        self.countSend(onHost: self.destinations[destination].host, now: now)
        self.subscriptions[slot].inFlight += 1
        self.subscriptions[slot].rate?.take(1, now: now)
        self.tenants[self.subscriptions[slot].tenant].inFlight += 1
        self.flights[id] = Flight(
            slot: slot, incarnation: self.subscriptions[slot].incarnation, tenant: self.subscriptions[slot].tenant,
            destination: destination, isProbe: isProbe, lanes: lanes)
        let specification = self.subscriptions[slot].specification
        self.emit(
            .send(
                DeliveryAttempt(
                    id: id, subscription: specification.id, destination: specification.destination, elements: elements,
                    number: number, replayID: specification.replayID)))
    }
}
