import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    mutating func commit() {
        if self.plan == nil { self.beginCommit() } else { self.finishCommit() }
    }

    mutating func beginCommit() {
        guard let plan = self.machine.planCommit() else { return }
        for commit in plan.commits { self.checkText(commit) }
        self.plan = plan
        self.planCovers = self.unplanned
        self.unplanned = []
    }

    /// The log answers the commit. Not every log stores a plan as a whole: where the answer is a failure, any part of
    /// it may be durable.
    mutating func finishCommit() {
        guard let plan = self.plan else { return }
        self.plan = nil
        let outcome = self.isQuiescing ? 0 : Int.random(in: 0..<10, using: &self.random)
        if outcome < 7 {
            // What was cut away is forgotten after what is covered is noted.
            for done in self.planCovers {
                self.ledgers[done.generation]?.insert(.committed, done.partition, done.offset)
            }
            for commit in plan.commits { self.apply(commit) }
        } else {
            if outcome < 9 { self.applyPart(of: plan) }
            self.unplanned = self.planCovers.filter { self.assigned.contains($0.partition) } + self.unplanned
        }
        self.planCovers = []
        self.machine.commitFinished(plan, succeeded: outcome < 7)
        self.carryOut()
    }

    mutating func applyPart(of plan: CommitPlan) {
        if self.chance(50) {
            for commit in plan.commits.prefix(Int.random(in: 0...plan.commits.count, using: &self.random)) {
                self.apply(commit)
            }
        } else {
            for commit in plan.commits where self.chance(50) { self.apply(commit) }
        }
    }

    /// One position becomes durable.
    mutating func apply(_ commit: GroupCommit) {
        self.log.commit(commit)
        guard let cursor = SubscriptionCursor(commit.committed) else { return }
        let partition = self.log.index(of: commit.topicPartition)
        if self.ledgers[cursor.generation]?.forgetCommitted(partition, from: cursor.position) == true {
            self.statistics.cursorsCut += 1
            if self.limits.cursorMetadataBytesMax > 1_000 {
                self.violate("\(commit.group) is committed at \(cursor.position), below what it had settled")
            }
        }
    }

    private mutating func checkText(_ commit: GroupCommit) {
        guard commit.group != GroupName.tail else { return }
        guard let cursor = SubscriptionCursor(commit.committed) else {
            return self.violate("'\(commit.committed.metadata)' is no cursor")
        }
        let bytes = commit.committed.metadata.utf8.count
        if bytes > self.limits.cursorMetadataBytesMax, cursor.unsettled.count > 1 {
            self.violate("\(bytes) bytes are committed for \(commit.group)")
        }
        if cursor.unsettled.count > self.limits.windowEventsMax {
            self.violate("\(cursor.unsettled.count) gaps are committed for \(commit.group)")
        }
        if cursor.committed != commit.committed { self.violate("'\(commit.committed.metadata)' is read otherwise") }
    }
}
