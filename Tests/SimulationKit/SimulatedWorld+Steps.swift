import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// One thing happens.
    mutating func step() {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<22: self.append()
        case 22..<40: self.readTail()
        case 40..<62: self.answer()
        case 62..<72: self.finishFetch()
        case 72..<76: self.finishDeadLetter()
        case 76..<84: self.commit()
        case 84..<93: self.passTime()
        case 93..<97: self.changeSubscriptions()
        case 97: self.reassign()
        case 98: self.crash()
        default: if self.chance(25) { self.retain() }
        }
        self.carryOut()
    }

    private mutating func append() {
        for _ in 0..<Int.random(in: 1...6, using: &self.random) {
            let topicPartition = self.partitions.randomElement(using: &self.random)!
            self.log.append(
                topicPartition, key: Int.random(in: 0..<5, using: &self.random),
                kind: Int.random(in: 0..<4, using: &self.random))
        }
    }

    mutating func readTail() {
        guard let topicPartition = self.assigned.sorted().randomElement(using: &self.random) else { return }
        self.readTail(topicPartition, max: Int.random(in: 1...10, using: &self.random))
    }

    mutating func readTail(_ topicPartition: TopicPartition, max: Int) {
        guard let position = self.machine.tailPosition(of: topicPartition) else { return }
        guard let records = self.log.read(topicPartition, from: position.value, max: max) else {
            self.machine.tailRangeLost(topicPartition, start: Offset(self.log.start(topicPartition)), now: self.now)
            return
        }
        guard !records.isEmpty else { return }
        let matches = records.compactMap { record -> TailBatch.Match? in
            let slots = self.catalog.values
                .filter { !$0.isReplay && $0.kinds.contains(record.kind) }
                .compactMap { self.machine.slot(of: $0.id) }.sorted()
            return slots.isEmpty ? nil : TailBatch.Match(event: record.event, slots: slots)
        }
        self.machine.tail(
            TailBatch(
                topicPartition: topicPartition, matches: matches, next: Offset(position.value + Int64(records.count))),
            now: self.now)
    }

    mutating func finishFetch() {
        guard let index = self.fetches.indices.randomElement(using: &self.random) else { return }
        let fetch = self.fetches.remove(at: index)
        if !self.isQuiescing, self.chance(15) { return self.machine.fetchFailed(fetch, now: self.now) }
        guard let records = self.log.read(fetch.topicPartition, from: fetch.from.value, max: fetch.recordsMax) else {
            return self.machine.rangeLost(fetch, start: Offset(self.log.start(fetch.topicPartition)), now: self.now)
        }
        let id = self.machine.specification(at: fetch.slot)?.id
        let kinds = id.flatMap { self.catalog[$0]?.kinds } ?? []
        let events = records.filter { record in
            let offset = record.position.offset.value
            return offset < fetch.position ? fetch.reload.contains(offset) : kinds.contains(record.kind)
        }
        self.machine.fetched(
            fetch, events: events.map(\.event), next: Offset(fetch.from.value + Int64(records.count)), now: self.now)
    }

    mutating func finishDeadLetter() {
        guard let index = self.deadLetterWrites.indices.randomElement(using: &self.random) else { return }
        let write = self.deadLetterWrites.remove(at: index)
        if !self.isQuiescing, self.chance(30) { return self.machine.deadLetterFailed(write.id, now: self.now) }
        self.statistics.deadLettered += 1
        self.markSettled(write.subscription, write.event.position)
        self.machine.deadLetterWritten(write.id, now: self.now)
    }

    mutating func commit() {
        guard let plan = self.plan else {
            self.plan = self.machine.planCommit()
            self.planCovers = self.settledInMachine
            return
        }
        self.plan = nil
        let outcome = self.isQuiescing ? 0 : Int.random(in: 0..<10, using: &self.random)
        switch outcome {
        case 0..<7:
            for commit in plan.commits { self.log.commit(commit) }
            for settled in self.planCovers { self.settled[settled] = true }
            self.settledSincePlan.subtract(self.planCovers)
            self.machine.commitFinished(plan, succeeded: true)
        case 7..<9:
            // Not every log stores a plan as a whole: a part of it is durable, and the answer is a failure.
            for commit in plan.commits.prefix(Int.random(in: 0...plan.commits.count, using: &self.random)) {
                self.log.commit(commit)
            }
            self.machine.commitFinished(plan, succeeded: false)
        default:
            self.machine.commitFinished(plan, succeeded: false)
        }
    }

    /// What the machine itself takes for settled: answers that it ignored do not count.
    private var settledInMachine: Set<Settled> {
        let ids = Dictionary(
            self.catalog.values.map { ($0.generation, $0.id) }, uniquingKeysWith: { first, _ in first })
        return self.settledSincePlan.filter { settled in
            guard let id = ids[settled.generation], self.assigned.contains(settled.position.topicPartition) else {
                return false
            }
            return self.machine.standing(of: settled.position, for: id) == .settled
        }
    }

    /// A commit that succeeds.
    mutating func commitNow() {
        guard let plan = self.machine.planCommit() else { return }
        let covers = self.settledInMachine
        for commit in plan.commits { self.log.commit(commit) }
        for settled in covers { self.settled[settled] = true }
        self.settledSincePlan.subtract(covers)
        self.machine.commitFinished(plan, succeeded: true)
    }

    mutating func passTime() {
        if let deadline = self.machine.nextDeadline, self.isQuiescing || self.chance(60) {
            self.now = max(self.now, deadline)
        } else {
            self.now += Int64.random(in: 1...200, using: &self.random)
        }
        self.machine.advance(now: self.now)
    }

    private mutating func crash() {
        self.statistics.crashes += 1
        // What is at the sinks may arrive although nobody is left to hear of it;
        // the same with dead letters and commits.
        for attempt in self.attempts where self.chance(50) { self.receive(attempt) }
        for write in self.deadLetterWrites where self.chance(30) {
            self.markSettled(write.subscription, write.event.position)
        }
        if let plan, self.chance(50) {
            for commit in plan.commits.prefix(Int.random(in: 0...plan.commits.count, using: &self.random)) {
                self.log.commit(commit)
            }
        }
        self.restart()
    }

    private mutating func reassign() {
        guard self.plan == nil else { return }
        let topicPartition = self.partitions.randomElement(using: &self.random)!
        if self.assigned.contains(topicPartition) {
            self.statistics.revokes += 1
            self.machine.beginRevoke(topicPartition)
            for _ in 0..<Int.random(in: 0...4, using: &self.random) { self.answer() }
            self.commitNow()
            self.machine.finishRevoke(topicPartition)
            self.assigned.remove(topicPartition)
        } else {
            self.assign(topicPartition)
        }
    }

    /// Retention takes the oldest records of a partition.
    private mutating func retain() {
        let topicPartition = self.partitions.randomElement(using: &self.random)!
        let start = self.log.start(topicPartition)
        let end = self.log.end(topicPartition)
        self.log.starts[topicPartition] = min(end, start + Int64.random(in: 0...10, using: &self.random))
    }
}
