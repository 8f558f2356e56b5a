import DequeModule
import EventLog

extension DeliveryStateMachine {
    /// A partition is this process's to read. The tail begins at `committed`, what was committed under
    /// ``GroupName/tail`` (or where the partition starts). Subscriptions known already are placed with `place`.
    ///
    /// - Parameter cursors: for each known subscription its start and committed cursor in this partition.
    public mutating func assign(
        _ topicPartition: TopicPartition, committed: Offset,
        cursors: (Int) -> (start: Offset?, cursor: SubscriptionCursor?), now: Int64
    ) {
        let tail = Tail(
            topicPartition: topicPartition, position: committed.value, committed: committed.value,
            committedMax: committed.value, assignment: self.nextID())
        let index: Int
        if let known = self.tailIndexes[topicPartition] {
            index = known
            self.tails[index] = tail
        } else {
            index = self.tails.count
            self.tailIndexes[topicPartition] = index
            self.tails.append(tail)
        }
        for slot in self.subscriptions.indices where !self.subscriptions[slot].isRemoved {
            let place = cursors(slot)
            self.place(slot, index, start: place.start, cursor: place.cursor)
        }
        self.pump(now: now)
    }

    /// The partition is about to go: nothing more is read or sent for it. What is in flight may still report, and dead
    /// letters that are being written may still become durable.
    public mutating func beginRevoke(_ topicPartition: TopicPartition) {
        guard let tail = self.tailIndexes[topicPartition], self.tails[tail].isAssigned else { return }
        self.tails[tail].phase = .revoking
        for slot in self.tails[tail].slots where self.subscriptions[slot].cursors[tail] != nil {
            for key in self.subscriptions[slot].lanes.keys where key.tail == tail {
                self.abandon(slot, key, after: self.subscriptions[slot].lanes[key]!.pinned)
            }
            let lanes = self.subscriptions[slot].lanes
            self.subscriptions[slot].ready.removeAll { lanes[$0]?.state != .ready }
        }
    }

    /// Lets go of a lane's events behind the first `count`; they stay unsettled.
    mutating func abandon(_ slot: Int, _ key: LaneKey, after count: Int) {
        guard let lane = self.subscriptions[slot].lanes[key] else { return }
        for pending in lane.pending.dropFirst(count) { self.release(slot, pending.event) }
        if count == 0 {
            self.subscriptions[slot].lanes[key] = nil
        } else {
            self.subscriptions[slot].lanes[key]!.pending.removeLast(lane.pending.count - count)
        }
    }

    /// Whether attempts or dead letters of a partition that is about to go are still under way.
    public func isDraining(_ topicPartition: TopicPartition) -> Bool {
        guard let tail = self.tailIndexes[topicPartition] else { return false }
        return self.tails[tail].slots.contains { slot in
            self.subscriptions[slot].lanes.values.contains { $0.tail == tail && $0.pinned > 0 }
        }
    }

    /// The partition is gone, with ``beginRevoke(_:)`` before or without: what was in flight is abandoned.
    ///
    /// A late report, and what comes of a read or of a plan that was given out before, changes nothing of it any more,
    /// not even when the partition is assigned again.
    public mutating func finishRevoke(_ topicPartition: TopicPartition) {
        guard let tail = self.tailIndexes[topicPartition] else { return }
        self.tails[tail].phase = .gone
        for slot in self.tails[tail].slots.sorted() {
            for key in self.subscriptions[slot].lanes.keys where key.tail == tail { self.abandon(slot, key, after: 0) }
            self.subscriptions[slot].ready.removeAll { $0.tail == tail }
            self.subscriptions[slot].cursors[tail] = nil
            self.subscriptions[slot].hungry.removeAll { $0 == tail }
            self.askAgain(slot)
        }
        self.tails[tail].slots = []
        self.forgetDeadLetters { $0.key.tail == tail }
    }
}
