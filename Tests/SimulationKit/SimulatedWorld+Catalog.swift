import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// A person, or the machine, wants a change; or one that is under way takes its next step. Changes of subscriptions
    /// are made one at a time, and so are those of replays.
    mutating func workOn(_ gate: Int) {
        if self.work[gate].isEmpty {
            self.acting[gate] = self.heard[gate].isEmpty ? nil : self.heard[gate].removeFirst()
            if let id = self.acting[gate] { self.act(on: id) } else { self.wish(gate) }
        } else {
            self.take(self.work[gate].removeFirst(), gate)
        }
    }

    private mutating func wish(_ gate: Int) {
        guard !self.isQuiescing else { return }
        let ids = self.inForce.values.filter { $0.isReplay == (gate == 1) }.map(\.id).sorted()
        let id = ids.randomElement(using: &self.random)
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<3: if ids.count < (gate == 0 ? 6 : 3) { gate == 0 ? self.create() : self.createReplay() }
        case 3: if let id { self.delete(id) }
        case 4..<7: if let id { self.toggle(id) }
        default: if let id { self.change(id) }
        }
    }

    /// The suspension becomes durable; a replay that is done, or whose sink is gone, ends.
    private mutating func act(on id: SubscriptionID) {
        guard var subscription = self.inForce[id] else { return }
        if subscription.isReplay { return self.delete(id) }
        guard self.suspended.contains(subscription.generation), subscription.status == .active else { return }
        subscription.status = .suspended
        self.work[0] = [.beginCommit, .finishCommit, .append(id, subscription), .update(subscription)]
    }

    private mutating func take(_ step: WorkStep, _ gate: Int) {
        switch step {
        case .beginCommit: if self.plan == nil { self.beginCommit() }
        case .finishCommit: if self.plan != nil { self.finishCommit() }
        case .commitCursors(let commits):
            guard self.isStored(gate, { world in for commit in commits { world.apply(commit) } }) else { return }
        case .append(let id, let subscription):
            guard self.isStored(gate, { $0.store(id, subscription) }) else { return }
        case .add(let id): self.introduce(id, isNew: gate == 0)
        case .update(let subscription):
            self.inForce[subscription.id] = subscription
            self.suspended.remove(subscription.generation)
            self.sending.update(subscription, now: self.now)
            self.machine.update(subscription.specification, now: self.now)
        case .remove(let id, let generation):
            self.inForce[id] = nil
            self.sending.leave(generation)
            self.machine.remove(id, now: self.now)
        case .deleteGroup(let group): self.log.deleteGroup(group)
        }
        self.carryOut()
    }

    /// Whether an append was answered with success. Where it was not, the change is off, although it may be durable.
    private mutating func isStored(_ gate: Int, _ write: (inout Self) -> Void) -> Bool {
        let outcome = self.isQuiescing ? 0 : Int.random(in: 0..<20, using: &self.random)
        if outcome < 19 { write(&self) }
        guard outcome >= 18 else { return true }
        self.statistics.changesLost += 1
        self.work[gate] = []
        if let id = self.acting[gate] { self.heard[gate].append(id) }
        self.acting[gate] = nil
        return false
    }

    private mutating func store(_ id: SubscriptionID, _ subscription: SimulatedSubscription?) {
        self.catalog[id] = subscription
        guard let subscription else { return }
        if self.ledgers[subscription.generation] == nil {
            self.ledgers[subscription.generation] = Ledger(subscription)
            return
        }
        self.ledgers[subscription.generation]?.alwaysKinds.formIntersection(subscription.kinds)
        self.ledgers[subscription.generation]?.everKinds.formUnion(subscription.kinds)
    }

    mutating func create() {
        let tenant = Self.tenants[Int.random(in: 0..<3, using: &self.random)]
        let id = SubscriptionID(tenant: tenant, name: "s\(Int.random(in: 0..<3, using: &self.random))")
        guard self.inForce[id] == nil else { return }
        self.nextGeneration += 1
        let generation = "g\(self.nextGeneration)"
        let isEarliest = self.chance(40)
        var starts: [TopicPartition: Offset] = [:]
        var cursors: [GroupCommit] = []
        for (partition, topicPartition) in self.log.partitions.enumerated() {
            let isLatest = !isEarliest || partition == SimulatedLog.redrives
            let start = isLatest ? self.log.end(partition) : self.log.starts[partition]
            starts[topicPartition] = Offset(start)
            cursors.append(
                GroupCommit(
                    group: GroupName.cursor(of: id, generation: generation), topicPartition: topicPartition,
                    committed: SubscriptionCursor(generation: generation, isDetached: true, position: start).committed))
        }
        let subscription = SimulatedSubscription(
            id: id, generation: generation, kinds: self.randomKinds(), config: self.randomConfig(),
            origin: self.randomOrigin(), starts: starts)
        self.tempers[id] = SinkTemper.allCases.randomElement(using: &self.random)
        self.work[0] = [.commitCursors(cursors), .append(id, subscription), .add(id)]
    }

    /// Sends a range again, to an isolated sink.
    private mutating func createReplay() {
        let tenant = Self.tenants[Int.random(in: 0..<3, using: &self.random)]
        let id = SubscriptionID(tenant: tenant, name: "replay:\(Int.random(in: 0..<3, using: &self.random))")
        guard self.inForce[id] == nil else { return }
        self.nextGeneration += 1
        var starts: [TopicPartition: Offset] = [:]
        var until: [TopicPartition: Int64] = [:]
        for (partition, topicPartition) in self.log.partitions.enumerated().dropFirst() {
            guard self.log.starts[partition] < self.log.end(partition), self.chance(80) else { continue }
            let range = self.log.starts[partition]...self.log.end(partition)
            let from = Int64.random(in: range, using: &self.random)
            starts[topicPartition] = Offset(from)
            until[topicPartition] = Int64.random(in: from...range.upperBound, using: &self.random)
        }
        guard !until.isEmpty else { return }
        let replay = SimulatedSubscription(
            id: id, generation: "g\(self.nextGeneration)", kinds: self.randomKinds(), config: self.randomConfig(),
            origin: self.randomOrigin(), starts: starts, until: until, isReplay: true)
        self.tempers[id] = SinkTemper.allCases.randomElement(using: &self.random)
        self.work[1] = [.append(id, replay), .add(id)]
    }

    private mutating func delete(_ id: SubscriptionID) {
        guard let subscription = self.inForce[id] else { return }
        self.work[subscription.isReplay ? 1 : 0] = [
            .append(id, nil), .remove(id, generation: subscription.generation), .deleteGroup(subscription.group),
        ]
    }

    /// Pauses or resumes.
    private mutating func toggle(_ id: SubscriptionID) {
        guard var subscription = self.inForce[id] else { return }
        subscription.status = subscription.status == .active ? .paused : .active
        self.put(subscription)
    }

    private mutating func change(_ id: SubscriptionID) {
        guard var subscription = self.inForce[id] else { return }
        self.tempers[id] = SinkTemper.allCases.randomElement(using: &self.random)
        if !subscription.isReplay {
            if self.chance(30) { subscription.kinds = self.randomKinds() }
            if self.chance(30) { subscription.origin = self.randomOrigin() }
        }
        if self.chance(50) { subscription.config.concurrency = Int.random(in: 1...6, using: &self.random) }
        if self.chance(20) { subscription.config.rateLimitPerSecond = self.randomRate() }
        self.put(subscription)
    }

    private mutating func put(_ subscription: SimulatedSubscription) {
        let steps: [WorkStep] = [.append(subscription.id, subscription), .update(subscription)]
        if subscription.isReplay {
            self.work[1] = steps
        } else {
            self.work[0] = [.beginCommit, .finishCommit] + steps
        }
    }

    /// Everything that is paused goes on.
    mutating func resumeAll() {
        for id in self.inForce.keys.sorted() {
            guard let subscription = self.inForce[id] else { continue }
            guard subscription.status != .active || self.suspended.contains(subscription.generation) else { continue }
            if subscription.isReplay, self.suspended.contains(subscription.generation) { continue }
            var resumed = subscription
            resumed.status = .active
            self.store(id, resumed)
            self.take(.update(resumed), 0)
        }
    }

    private mutating func randomConfig() -> SubscriptionConfiguration {
        var config = SubscriptionConfiguration()
        config.ordering = self.chance(80) ? .key : .unordered
        config.concurrency = Int.random(in: 1...6, using: &self.random)
        config.retry.attemptsMax = Int.random(in: 2...8, using: &self.random)
        config.retry.delayMaxMilliseconds = 1_000
        if self.chance(30) { config.retry.ageMaxMilliseconds = Int64.random(in: 100...2_000, using: &self.random) }
        config.deadLetter = self.chance(80)
        if self.chance(25) {
            config.mode = .batched
            config.batchMax = Int.random(in: 1...6, using: &self.random)
        }
        config.rateLimitPerSecond = self.chance(25) ? self.randomRate() : nil
        return config
    }

    private mutating func randomRate() -> Double? {
        self.chance(70) ? Double.random(in: 2...200, using: &self.random) : nil
    }

    private mutating func randomOrigin() -> String { "http://o\(Int.random(in: 0..<2, using: &self.random))" }

    private mutating func randomKinds() -> KindSet {
        KindSet(bits: UInt8.random(in: 1...15, using: &self.random))
    }
}
