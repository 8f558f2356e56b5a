import Delivery
import EventLog
import Subscriptions

/// The delivery machine, a log, sinks and a clock in one world that a seed determines wholly.
///
/// A step is one of the things that can happen in life: an append, a read, an answer, a commit that fails, one durable
/// step of a change, a crash. After every step the invariants are checked; at the end the world is made kind, runs
/// until it is quiet, nothing may be missing, and a last restart must send nothing again.
public struct SimulatedWorld {
    /// A record, as one subscription sees it.
    struct Case: Hashable {
        let generation: String
        let partition: Int
        let offset: Int64
    }

    /// An attempt at a sink.
    struct Flight {
        let attempt: DeliveryAttempt
        let generation: String
        let endpoint: SendingModel.Endpoint
        let isProbe: Bool
        /// Of each element, in which assignment of its partition it was sent.
        let epochs: [Int]
    }

    struct TailRead {
        let partition: Int
        let from: Int64
        let records: ArraySlice<SimulatedRecord>
    }

    struct DeadLettering {
        let write: DeadLetterWrite
        let generation: String
        let epoch: Int
    }

    let seed: UInt64
    var random: SplitMix64
    var now: Int64 = 0
    let limits: DeliveryLimits
    var isQuiescing = false

    // What is durable.
    var log = SimulatedLog()
    var catalog: [SubscriptionID: SimulatedSubscription] = [:]

    // The process, lost in a crash.
    var machine: DeliveryStateMachine
    /// What it knows of the catalog.
    var inForce: [SubscriptionID: SimulatedSubscription] = [:]
    /// Generations that the machine has suspended, durable or not.
    var suspended: Set<String> = []
    var assigned: Set<Int> = []
    var revoking: Int?
    /// How often each partition was let go.
    var epochs: [Int] = [0]
    var flights: [Flight] = []
    var fetches: [CatchUpFetch] = []
    /// What tails have read and not told the machine yet.
    var tailReads: [TailRead] = []
    var deadLetterings: [DeadLettering] = []
    var plan: CommitPlan?
    var planCovers: [Case] = []
    /// Settled since the last plan.
    var unplanned: [Case] = []
    /// Changes under way, one of subscriptions and one of replays, each as the steps that are left.
    var work: [[WorkStep]] = [[], []]
    /// What the machine has said about subscriptions and replays, and nobody has acted on yet.
    var heard: [[SubscriptionID]] = [[], []]
    /// About whom it was, where a change under way is the answer to that: it is made until it succeeds.
    var acting: [SubscriptionID?] = [nil, nil]

    // What the checks know.
    var sending: SendingModel
    var ledgers: [String: Ledger] = [:]
    var tempers: [SubscriptionID: SinkTemper] = [:]
    var weights: [Int] = []
    /// How many attempts of an event were answered 410.
    var gone: [Case: Int] = [:]
    /// What may be redriven.
    var deadLetters: [(id: SubscriptionID, key: Int)] = []
    var nextGeneration = 0
    var violation: String?
    public var statistics = Statistics()

    static let tenants = ["t0", "t1", "t2"]

    init(seed: UInt64) {
        self.seed = seed
        self.random = SplitMix64(state: seed)
        self.limits = Self.limits(&self.random)
        self.machine = DeliveryStateMachine(limits: self.limits, seed: seed)
        self.sending = SendingModel(limits: self.limits)
        self.weights = Self.tenants.map { _ in Int.random(in: 1...4, using: &self.random) }
        for _ in 0..<Int.random(in: 1...3, using: &self.random) { self.addPartition() }
        self.restart()
    }

    private static func limits(_ random: inout SplitMix64) -> DeliveryLimits {
        var limits = DeliveryLimits()
        limits.windowEventsMax = Int.random(in: 2...24, using: &random)
        limits.windowBytesMax = Int.random(in: 2_000...30_000, using: &random)
        limits.catchUpBytesMax = Int.random(in: 1_000...6_000, using: &random)
        limits.heldBytesMax = limits.catchUpBytesMax * 2 + Int.random(in: 1_000...30_000, using: &random)
        limits.inFlightMax = Int.random(in: 1...12, using: &random)
        limits.inFlightPerDestinationMax = Int.random(in: 1...6, using: &random)
        limits.inFlightPerTenantMax = Int.random(in: 1...8, using: &random)
        // From 32 on, some places are kept for tenants that have few.
        if Int.random(in: 0..<4, using: &random) == 0 { (limits.inFlightMax, limits.inFlightPerTenantMax) = (32, 32) }
        limits.circuitFailuresMax = Int.random(in: 1...10, using: &random)
        limits.circuitOpenMillisecondsMin = Int64.random(in: 20...500, using: &random)
        limits.circuitOpenMillisecondsMax = 3_000
        limits.catchUpFetchesMax = Int.random(in: 1...3, using: &random)
        limits.catchUpRecordsMax = Int.random(in: 1...12, using: &random)
        limits.suspendAfterMilliseconds = Int.random(in: 0..<4, using: &random) == 0 ? 5_000 : 0
        if Int.random(in: 0..<3, using: &random) == 0 { limits.commitLagMax = Int64.random(in: 0...12, using: &random) }
        if Int.random(in: 0..<3, using: &random) == 0 {
            limits.cursorMetadataBytesMax = Int.random(in: 18...40, using: &random)
        }
        return limits
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self.random) < percent }

    mutating func violate(_ sentence: String) {
        if self.violation == nil { self.violation = sentence }
    }

    mutating func addPartition() {
        self.log.addPartition()
        self.epochs.append(0)
    }

    /// A new process on what is durable.
    mutating func restart() {
        self.machine = DeliveryStateMachine(limits: self.limits, seed: self.random.next())
        for (index, tenant) in Self.tenants.enumerated() {
            self.machine.setShare(ofTenant: tenant, weight: self.weights[index], now: self.now)
        }
        self.statistics.probes += self.sending.probes
        self.sending = SendingModel(limits: self.limits)
        self.inForce = [:]
        self.suspended = []
        self.assigned = []
        self.revoking = nil
        self.flights = []
        self.fetches = []
        self.tailReads = []
        self.deadLetterings = []
        self.plan = nil
        self.planCovers = []
        self.unplanned = []
        self.work = [[], []]
        self.heard = [[], []]
        self.acting = [nil, nil]
        for generation in self.ledgers.keys {
            for partition in self.epochs.indices { self.ledgers[generation]?.forgetLife(partition) }
        }
        for partition in self.log.partitions.indices { self.assign(partition) }
        for id in self.catalog.keys.sorted() { self.introduce(id, isNew: false) }
    }

    /// A tail takes up its partition where its commit left off, even where retention has overtaken that.
    mutating func assign(_ partition: Int) {
        let topicPartition = self.log.partitions[partition]
        let committed = self.log.committed[GroupName.tail]?[topicPartition]?.offset ?? .zero
        var places: [Int: (start: Offset?, cursor: SubscriptionCursor?)] = [:]
        for subscription in self.inForce.values {
            guard let slot = self.machine.slot(of: subscription.id) else { continue }
            let cursor = self.log.committed[subscription.group]?[topicPartition]
            places[slot] = (subscription.starts[topicPartition], cursor.flatMap { SubscriptionCursor($0) })
        }
        self.machine.assign(topicPartition, committed: committed, cursors: { places[$0] ?? (nil, nil) }, now: self.now)
        self.assigned.insert(partition)
        self.carryOut()
    }

    /// The machine gets a subscription that is in the catalog.
    mutating func introduce(_ id: SubscriptionID, isNew: Bool) {
        guard let subscription = self.catalog[id] else { return }
        let cursors = (self.log.committed[subscription.group] ?? [:]).compactMapValues { SubscriptionCursor($0) }
        self.inForce[id] = subscription
        self.sending.join(subscription, now: self.now)
        self.machine.add(
            subscription.specification, starts: subscription.starts, cursors: cursors, isNew: isNew, now: self.now)
        self.carryOut()
    }

    /// Takes the machine's wishes and puts them under way.
    mutating func carryOut() {
        for effect in self.machine.takeEffects() {
            switch effect {
            case .send(let attempt): self.begin(attempt)
            case .fetch(let fetch): self.fetches.append(fetch)
            case .writeDeadLetter(let write): self.begin(write)
            case .suspended(let id, let generation, _):
                guard self.inForce[id]?.generation == generation else {
                    self.violate("\(id) is suspended, which is not there")
                    return
                }
                self.suspended.insert(generation)
                self.statistics.suspensions += 1
                self.heard[self.inForce[id]?.isReplay == true ? 1 : 0].append(id)
            case .rangeLost(let id, let topicPartition, let from, let to):
                self.noteLost(id, self.log.index(of: topicPartition), from: from.value, to: to.value)
            case .replayCompleted(let id, _, _):
                self.statistics.replaysCompleted += 1
                self.checkReplay(id)
                self.heard[1].append(id)
            }
        }
    }

    private mutating func noteLost(_ id: SubscriptionID, _ partition: Int, from: Int64, to: Int64) {
        guard let generation = self.inForce[id]?.generation else {
            return self.violate("\(id) is told what it lost, and is not there")
        }
        self.statistics.rangesLost += 1
        if from >= to || to > self.log.starts[partition] {
            self.violate(
                "\(id) is told that it lost \(from) to \(to), and the log starts at \(self.log.starts[partition])")
        }
        for offset in from..<max(from, to) { self.ledgers[generation]?.insert(.lost, partition, offset) }
    }
}
