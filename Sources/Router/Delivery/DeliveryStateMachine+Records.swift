import DequeModule
import EventLog

extension DeliveryStateMachine {
    /// Takes what the tail has read. A batch that does not begin where the tail stands is ignored: it was read for an
    /// earlier assignment of the partition.
    public mutating func tail(_ batch: TailBatch, now: Int64) {
        guard let tail = self.tailIndexes[batch.topicPartition], self.tails[tail].isAssigned,
            batch.from.value == self.tails[tail].position, batch.next >= batch.from
        else { return }
        for match in batch.matches {
            for slot in match.slots where !self.subscriptions[slot].isRemoved {
                self.offer(match.event, to: slot, tail: tail)
            }
        }
        self.tails[tail].position = batch.next.value
        if self.heldBytes > self.limits.heldBytesMax {
            self.relievePressure(downTo: self.limits.heldBytesMax / 4 * 3, victims: self.holders { _ in true })
        }
        self.pump(now: now)
    }

    /// One event from the tail to one subscription: held, or a reason to detach.
    private mutating func offer(_ event: DeliverableEvent, to slot: Int, tail: Int) {
        let offset = event.position.offset.value
        if self.subscriptions[slot].cursors[tail] == nil {
            self.makeCursor(slot, tail, tracker: OffsetTracker(position: offset), isDetached: false)
        }
        guard self.subscriptions[slot].cursors[tail]!.isDetached == false,
            offset >= self.subscriptions[slot].cursors[tail]!.tracker.position
        else { return }
        guard self.hasRoom(slot) else { return self.leaveTail(slot, tail, at: offset) }
        self.subscriptions[slot].cursors[tail]!.tracker.hold(offset)
        self.subscriptions[slot].cursors[tail]!.tracker.position = offset + 1
        self.subscriptions[slot].cursors[tail]!.version += 1
        self.hold(event, slot, tail)
    }

    /// Whether one more event may be held for a subscription.
    private func hasRoom(_ slot: Int) -> Bool {
        self.subscriptions[slot].isActive && self.subscriptions[slot].heldEvents < self.limits.windowEventsMax
            && self.subscriptions[slot].heldBytes < self.limits.windowBytesMax
    }

    mutating func hold(_ event: DeliverableEvent, _ slot: Int, _ tail: Int) {
        self.subscriptions[slot].heldEvents += 1
        self.subscriptions[slot].heldBytes += event.size
        self.heldBytes += event.size
        self.tenants[self.subscriptions[slot].tenant].heldBytes += event.size
        let key = self.subscriptions[slot].laneKey(of: event, tail: tail)
        var pending = Lane.Pending(event: event)
        let tried = self.recall(event, slot, tail)
        if let tried {
            pending.attempts = tried.attempts
            pending.firstAttemptAt = tried.firstAttemptAt
            pending.verdict = tried.verdict
        }
        guard self.subscriptions[slot].lanes[key] == nil else {
            self.subscriptions[slot].lanes[key]!.pending.append(pending)
            if tried?.isSingle == true {
                self.subscriptions[slot].lanes[key]!.singles = self.subscriptions[slot].lanes[key]!.pending.count
            }
            return
        }
        var lane = Lane(tail: tail, pending: [pending])
        lane.singles = tried?.isSingle == true ? 1 : 0
        guard let tried, tried.dueAt > .min else {
            self.subscriptions[slot].lanes[key] = lane
            return self.makeReady(slot, key)
        }
        lane.state = .waiting(untilMilliseconds: tried.dueAt)
        self.subscriptions[slot].lanes[key] = lane
        self.schedule(
            .lane(slot: slot, incarnation: self.subscriptions[slot].incarnation, key: key), at: tried.dueAt)
    }

    /// What is remembered of an event that comes back to memory.
    private mutating func recall(_ event: DeliverableEvent, _ slot: Int, _ tail: Int) -> Lane.Tried? {
        guard self.subscriptions[slot].cursors[tail]?.tried.isEmpty == false else { return nil }
        return self.subscriptions[slot].cursors[tail]!.tried.removeValue(forKey: event.position.offset.value)
    }

    mutating func makeCursor(
        _ slot: Int, _ tail: Int, tracker: OffsetTracker, isDetached: Bool,
        durable: SubscriptionState.Cursor.Durable = .none
    ) {
        self.subscriptions[slot].cursors[tail] = SubscriptionState.Cursor(
            tracker: tracker, isDetached: isDetached, durable: durable, epoch: self.nextID())
        self.tails[tail].slots.insert(slot)
    }

    /// Leaves the tail and memory: from `position` on the subscription reads by itself.
    mutating func detach(_ slot: Int, _ tail: Int, at position: Int64) {
        self.unload(slot, tail)
        self.leaveTail(slot, tail, at: position)
    }

    /// Leaves the tail: from `position` on the subscription reads by itself. What it holds stays with it.
    private mutating func leaveTail(_ slot: Int, _ tail: Int, at position: Int64) {
        self.subscriptions[slot].cursors[tail]!.isDetached = true
        self.subscriptions[slot].cursors[tail]!.tracker.position = position
        self.subscriptions[slot].cursors[tail]!.version += 1
        self.becomeHungry(slot, tail)
    }

    /// Detaches a subscription in every partition where it holds something, as when it is paused.
    mutating func detachEverywhere(_ slot: Int) {
        for tail in self.subscriptions[slot].cursors.keys.sorted() where self.tails[tail].isAssigned {
            let cursor = self.subscriptions[slot].cursors[tail]!
            if cursor.isDetached {
                self.unload(slot, tail)
            } else if cursor.tracker.unsettledCount > 0 {
                self.detach(slot, tail, at: max(cursor.tracker.position, self.tails[tail].position))
            }
        }
    }

    /// Takes events out of memory that nobody is about to report on: they will be read again, in order. What was tried
    /// keeps its count of attempts and its time.
    mutating func unload(_ slot: Int, _ tail: Int) {
        guard self.subscriptions[slot].heldEvents > 0 else { return }
        var hasDropped = false
        for (key, lane) in self.subscriptions[slot].lanes where lane.tail == tail {
            let pinned = lane.pinned
            guard lane.pending.count > pinned else { continue }
            hasDropped = true
            for index in pinned..<lane.pending.count {
                let offset = lane.pending[index].event.position.offset.value
                self.subscriptions[slot].cursors[tail]!.tracker.unload(offset)
                if let tried = lane.tried(index) { self.subscriptions[slot].cursors[tail]!.tried[offset] = tried }
                self.release(slot, lane.pending[index].event)
            }
            if pinned == 0 {
                self.subscriptions[slot].lanes[key] = nil
            } else {
                self.subscriptions[slot].lanes[key]!.pending.removeLast(lane.pending.count - pinned)
                self.subscriptions[slot].lanes[key]!.singles = min(lane.singles, pinned)
            }
        }
        guard hasDropped else { return }
        let lanes = self.subscriptions[slot].lanes
        self.subscriptions[slot].ready.removeAll { lanes[$0]?.state != .ready }
        // A read that is under way began behind what has just become unread: its result would break the order.
        self.subscriptions[slot].cursors[tail]!.epoch = self.nextID()
        self.subscriptions[slot].cursors[tail]!.version += 1
        self.becomeHungry(slot, tail)
        self.askAgain(slot)
    }

    /// Subscriptions that hold events: first those of tenants that hold most for their weight, of one tenant those that
    /// hold most.
    func holders(where isWanted: (Int) -> Bool) -> [Int] {
        self.subscriptions.indices
            .filter { self.subscriptions[$0].heldBytes > 0 && !self.subscriptions[$0].isRemoved && isWanted($0) }
            .map { (self.burden(self.subscriptions[$0].tenant), self.subscriptions[$0].heldBytes, $0) }
            .sorted { ($1.0, $1.1, $0.2) < ($0.0, $0.1, $1.2) }
            .map(\.2)
    }

    /// Memory is short: the victims, one after the other, give up what is not in flight; attached ones detach.
    mutating func relievePressure(downTo target: Int, victims: [Int]) {
        for slot in victims {
            if self.heldBytes <= target { return }
            for tail in self.subscriptions[slot].cursors.keys.sorted() {
                let cursor = self.subscriptions[slot].cursors[tail]!
                if cursor.isDetached {
                    self.unload(slot, tail)
                } else if cursor.tracker.unsettledCount > 0 {
                    self.detach(slot, tail, at: max(cursor.tracker.position, self.tails[tail].position))
                }
            }
        }
    }

    /// Retention has overtaken the tail: what lay before `start` is lost to every attached subscription.
    public mutating func tailRangeLost(_ topicPartition: TopicPartition, start: Offset, now: Int64) {
        guard let tail = self.tailIndexes[topicPartition], self.tails[tail].isAssigned,
            start.value > self.tails[tail].position
        else { return }
        let from = self.tails[tail].position
        for slot in self.subscriptions.indices
        where !self.subscriptions[slot].isRemoved && !self.subscriptions[slot].specification.isReplay {
            let cursor = self.subscriptions[slot].cursors[tail]
            guard cursor?.isDetached != true else { continue }
            let floor = max(from, cursor?.tracker.position ?? from)
            guard floor < start.value else { continue }
            self.subscriptions[slot].lostOffsets += start.value - floor
            self.emit(
                .rangeLost(self.subscriptions[slot].specification.id, topicPartition, from: Offset(floor), to: start))
        }
        self.tails[tail].position = start.value
        self.pump(now: now)
    }
}
