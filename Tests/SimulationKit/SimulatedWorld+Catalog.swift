import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    mutating func changeSubscriptions() {
        let ids = self.catalog.keys.sorted()
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<3: if ids.count < 5 { self.create() }
        case 3: if let id = ids.randomElement(using: &self.random) { self.delete(id) }
        case 4..<6: if let id = ids.randomElement(using: &self.random) { self.toggle(id) }
        case 6..<8: if let id = ids.randomElement(using: &self.random) { self.change(id) }
        default: if let id = ids.randomElement(using: &self.random) { self.replay(id) }
        }
    }

    mutating func create() {
        self.nextGeneration += 1
        let id = SubscriptionID(tenant: "t", name: "s\(Int.random(in: 0..<4, using: &self.random))")
        guard self.catalog[id] == nil else { return }
        let kinds = self.randomKinds()
        var config = SubscriptionConfiguration()
        config.ordering = self.chance(80) ? .key : .unordered
        config.concurrency = Int.random(in: 1...6, using: &self.random)
        config.retry.attemptsMax = Int.random(in: 2...8, using: &self.random)
        config.retry.delayMaxMilliseconds = 1_000
        config.deadLetter = self.chance(80)
        if self.chance(25) {
            config.mode = .batched
            config.batchMax = Int.random(in: 1...6, using: &self.random)
        }
        if self.chance(20) { config.rateLimitPerSecond = Double.random(in: 5...200, using: &self.random) }
        let isEarliest = self.chance(40)
        var starts: [TopicPartition: Offset] = [:]
        let generation = "g\(self.nextGeneration)"
        for topicPartition in self.partitions {
            let start = isEarliest ? self.log.start(topicPartition) : self.log.end(topicPartition)
            starts[topicPartition] = Offset(start)
            if start < self.log.end(topicPartition) {
                let cursor = SubscriptionCursor(generation: generation, isDetached: true, position: start)
                self.log.commit(
                    GroupCommit(
                        group: GroupName.cursor(of: id, generation: generation), topicPartition: topicPartition,
                        committed: cursor.committed))
            }
        }
        self.catalog[id] = SimulatedSubscription(
            id: id, generation: generation, kinds: kinds, alwaysKinds: kinds, everKinds: kinds, config: config,
            temper: SimulatedSubscription.Temper.allCases.randomElement(using: &self.random)!, starts: starts)
        self.introduce(id)
    }

    private mutating func delete(_ id: SubscriptionID) {
        self.catalog[id] = nil
        self.machine.remove(id, now: self.now)
    }

    private mutating func toggle(_ id: SubscriptionID) {
        guard self.catalog[id]?.isCompleted == false else { return }
        self.catalog[id]!.status = self.catalog[id]!.status == .active ? .paused : .active
        self.machine.update(self.specification(self.catalog[id]!), now: self.now)
    }

    private mutating func change(_ id: SubscriptionID) {
        guard self.catalog[id]?.isCompleted == false else { return }
        self.catalog[id]!.temper = SimulatedSubscription.Temper.allCases.randomElement(using: &self.random)!
        if self.chance(30), !self.catalog[id]!.isReplay {
            // The filter changes at a recorded position: what was matched before is committed first.
            if self.plan != nil { return }
            self.commitNow()
            let kinds = self.randomKinds()
            self.catalog[id]!.kinds = kinds
            self.catalog[id]!.alwaysKinds.formIntersection(kinds)
            self.catalog[id]!.everKinds.formUnion(kinds)
        }
        if self.chance(50) { self.catalog[id]!.config.concurrency = Int.random(in: 1...6, using: &self.random) }
        self.machine.update(self.specification(self.catalog[id]!), now: self.now)
    }

    /// Sends a range again, to an isolated sink.
    private mutating func replay(_ of: SubscriptionID) {
        let id = SubscriptionID(tenant: "t", name: "replay")
        if self.catalog[id]?.isCompleted == true { self.catalog[id] = nil }
        guard self.catalog[id] == nil, let model = self.catalog[of] else { return }
        self.nextGeneration += 1
        var starts: [TopicPartition: Offset] = [:]
        var until: [TopicPartition: Int64] = [:]
        for topicPartition in self.partitions where self.log.start(topicPartition) < self.log.end(topicPartition) {
            let range = self.log.start(topicPartition)...self.log.end(topicPartition)
            let from = Int64.random(in: range, using: &self.random)
            starts[topicPartition] = Offset(from)
            until[topicPartition] = Int64.random(in: from...range.upperBound, using: &self.random)
        }
        guard !until.isEmpty else { return }
        var config = model.config
        config.mode = .binary
        self.catalog[id] = SimulatedSubscription(
            id: id, generation: "g\(self.nextGeneration)", kinds: model.kinds, alwaysKinds: model.kinds,
            everKinds: model.kinds, config: config,
            temper: SimulatedSubscription.Temper.allCases.randomElement(using: &self.random)!, starts: starts,
            until: until,
            isReplay: true)
        self.introduce(id)
    }

    private mutating func randomKinds() -> Set<Int> {
        Set((0..<4).filter { _ in Bool.random(using: &self.random) } + [Int.random(in: 0..<4, using: &self.random)])
    }
}
