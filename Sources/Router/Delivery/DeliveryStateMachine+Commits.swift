import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// Keeps what the tails commit from passing where they stand now, until ``releaseTails(_:)``.
    ///
    /// Around the making of a subscription: from before its start is resolved until it is added. Otherwise a crash in
    /// between could find the tail's commit behind its start, and the subscription without a cursor of its own.
    public mutating func holdTails() -> UInt64 {
        let id = self.nextID()
        self.tailHolds[id] = self.tails.map(\.position)
        return id
    }

    /// Ends a hold; one that is not known is ignored.
    public mutating func releaseTails(_ id: UInt64) { self.tailHolds[id] = nil }

    /// Whether a plan has been given out and is not finished.
    public var isCommitting: Bool { self.isCommitPlanned }

    /// What may be committed now; nil where nothing changed, or an earlier plan is not finished yet.
    ///
    /// The tail's offset waits for every subscription that is attached, or whose leaving is not durable yet; it never
    /// goes back. The plan is safe whether all of it, a part, or nothing becomes durable.
    public mutating func planCommit() -> CommitPlan? {
        guard !self.isCommitPlanned else { return nil }
        var commits: [GroupCommit] = []
        var marks: [CommitPlan.CursorMark] = []
        var offsets: [(tail: Int, assignment: UInt64, offset: Int64)] = []
        for tail in self.tails.indices where self.tails[tail].phase != .gone {
            self.forgetIdleCursors(tail)
            let offset = self.settledTail(tail)
            for slot in self.tails[tail].slots.sorted() {
                self.planCursor(slot, tail, settled: offset, into: &commits, &marks)
            }
            if offset > self.tails[tail].committed, offset >= self.tails[tail].committedMax {
                offsets.append((tail: tail, assignment: self.tails[tail].assignment, offset: offset))
            }
        }
        guard !commits.isEmpty || !offsets.isEmpty else { return nil }
        for (tail, _, offset) in offsets {
            commits.append(
                GroupCommit(
                    group: GroupName.tail, topicPartition: self.tails[tail].topicPartition,
                    committed: CommittedOffset(offset: Offset(offset))))
        }
        self.isCommitPlanned = true
        return CommitPlan(commits: commits, marks: marks, tails: offsets)
    }

    /// The plan is durable, or it failed and everything in it is planned again. What it says of partitions that have
    /// gone since counts no longer.
    public mutating func commitFinished(_ plan: CommitPlan, succeeded: Bool) {
        self.isCommitPlanned = false
        guard succeeded else {
            for mark in plan.marks where self.isCurrent(mark) {
                self.subscriptions[mark.slot].cursors[mark.tail]?.durable = .unknown
                self.subscriptions[mark.slot].cursors[mark.tail]?.version += 1
            }
            for (tail, assignment, offset) in plan.tails where self.tails[tail].assignment == assignment {
                self.tails[tail].committedMax = max(self.tails[tail].committedMax, offset)
            }
            return
        }
        for mark in plan.marks where self.isCurrent(mark) {
            self.subscriptions[mark.slot].cursors[mark.tail]?.durable = mark.isDetached ? .detached : .attached
            self.subscriptions[mark.slot].cursors[mark.tail]?.committedVersion = mark.version
        }
        for (tail, assignment, offset) in plan.tails where self.tails[tail].assignment == assignment {
            self.tails[tail].committed = max(self.tails[tail].committed, offset)
            self.tails[tail].committedMax = max(self.tails[tail].committedMax, offset)
        }
    }

    /// Lets the next plan tell every cursor again, changed or not: for a log that forgets positions that are old.
    public mutating func renewCommits() {
        for tail in self.tails.indices {
            for slot in self.tails[tail].slots { self.subscriptions[slot].cursors[tail]?.version += 1 }
        }
    }

    private func isCurrent(_ mark: CommitPlan.CursorMark) -> Bool {
        self.tails[mark.tail].assignment == mark.assignment && self.isCurrent(mark.slot, mark.incarnation)
    }

    /// The lowest offset that the tail's commit has to wait at.
    private func settledTail(_ tail: Int) -> Int64 {
        var lowest = self.tails[tail].position
        for positions in self.tailHolds.values where tail < positions.count { lowest = min(lowest, positions[tail]) }
        for slot in self.tails[tail].slots {
            // Who is durably detached is found at its own cursor by a restart, wherever the tail's commit stands. All
            // others, and those whose leaving is not durable yet, would be found at the tail.
            guard let cursor = self.subscriptions[slot].cursors[tail], cursor.durable != .detached,
                !self.subscriptions[slot].specification.isReplay
            else { continue }
            lowest = min(
                lowest, cursor.tracker.lowestUnsettled ?? (cursor.isDetached ? cursor.tracker.position : lowest))
        }
        return lowest
    }

    /// Whether one stuck event would hold back what the tail commits for all: then the subscription's own cursor takes
    /// over.
    private func holdsTailBack(_ cursor: SubscriptionState.Cursor, _ tail: Int) -> Bool {
        guard let lowest = cursor.tracker.lowestUnsettled else { return false }
        return self.tails[tail].position - lowest > self.limits.commitLagMax
    }

    private func planCursor(
        _ slot: Int, _ tail: Int, settled: Int64, into commits: inout [GroupCommit],
        _ marks: inout [CommitPlan.CursorMark]
    ) {
        guard let cursor = self.subscriptions[slot].cursors[tail], cursor.version != cursor.committedVersion else {
            return
        }
        if !cursor.isDetached, !cursor.durable.mayBeDetached, cursor.tracker.unsettledCount == 0,
            settled >= self.tails[tail].position, settled >= cursor.tracker.position
        {
            return  // The tail's own offset says it all.
        }
        let specification = self.subscriptions[slot].specification
        let unsettled = cursor.tracker.unsettled
        let position =
            cursor.isDetached
            ? cursor.tracker.position : max(cursor.tracker.position, self.tails[tail].position)
        // Coming back to the tail counts only when the tail's own commit has not passed what is unsettled here.
        let isBehindTail = (unsettled.first ?? position) < max(self.tails[tail].committedMax, settled)
        let staysDetached =
            cursor.isDetached || self.holdsTailBack(cursor, tail) || (cursor.durable.mayBeDetached && isBehindTail)
        let durable = SubscriptionCursor(
            generation: specification.generation, isDetached: staysDetached, position: position, unsettled: unsettled,
            delivered: cursor.delivered, deadLettered: cursor.deadLettered
        ).fitting(metadataBytesMax: self.limits.cursorMetadataBytesMax)
        commits.append(
            GroupCommit(
                group: GroupName.cursor(of: specification.id, generation: specification.generation),
                topicPartition: self.tails[tail].topicPartition,
                committed: durable.committed))
        // Written as detached although it has joined: it has to be written again.
        let version = staysDetached == cursor.isDetached ? cursor.version : cursor.committedVersion
        marks.append(
            CommitPlan.CursorMark(
                slot: slot, tail: tail, assignment: self.tails[tail].assignment, version: version,
                isDetached: staysDetached, incarnation: self.subscriptions[slot].incarnation))
    }

    /// Drops cursors that say no more than the tail's own commit does.
    private mutating func forgetIdleCursors(_ tail: Int) {
        for slot in self.tails[tail].slots {
            guard let cursor = self.subscriptions[slot].cursors[tail] else {
                self.tails[tail].slots.remove(slot)
                continue
            }
            guard !cursor.isDetached, cursor.tracker.unsettledCount == 0, !cursor.durable.mayBeDetached,
                cursor.tracker.position <= self.tails[tail].committed
            else { continue }
            self.subscriptions[slot].cursors[tail] = nil
            self.tails[tail].slots.remove(slot)
        }
    }
}
