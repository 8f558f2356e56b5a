import Delivery
import EventLog
import Subscriptions

/// The delivery machine, a log, sinks and a clock in one world that a seed determines wholly.
///
/// A step is one of the things that can happen in life: an append, a read, an answer, a commit that fails, a crash.
/// After every step the invariants are checked; at the end the world is made kind, runs until it is quiet,
/// and nothing may be missing.
public struct SimulatedWorld {
    struct Settled: Hashable {
        let generation: String
        let position: Position
    }

    struct Lane: Hashable {
        let generation: String
        let topicPartition: TopicPartition
        let key: Int
    }

    let seed: UInt64
    var random: SplitMix64
    var now: Int64 = 0
    var log = SimulatedLog()
    var catalog: [SubscriptionID: SimulatedSubscription] = [:]
    var machine: DeliveryStateMachine
    var assigned: Set<TopicPartition> = []
    let partitions: [TopicPartition]
    let limits: DeliveryLimits
    var nextGeneration = 0
    var isQuiescing = false

    // What is under way, and lost in a crash.
    var attempts: [DeliveryAttempt] = []
    var fetches: [CatchUpFetch] = []
    var deadLetterWrites: [DeadLetterWrite] = []
    var plan: CommitPlan?

    // What the checks know.
    var settled: [Settled: Bool] = [:]  // true: a commit since then is durable
    var settledSincePlan: Set<Settled> = []
    var planCovers: Set<Settled> = []
    var lost: Set<Settled> = []
    var deadGenerations: Set<String> = []
    var violation: String?
    public var statistics = Statistics()

    /// What a schedule came to, so that a kit that exercises nothing is seen.
    public struct Statistics: Sendable {
        public var sends = 0
        public var delivered = 0
        public var deadLettered = 0
        public var crashes = 0
        public var redelivered = 0
        public var detachedSeen = 0
        public var replaysCompleted = 0
        public var rangesLost = 0
        public var revokes = 0

        public init() {}
    }

    init(seed: UInt64) {
        self.seed = seed
        self.random = SplitMix64(state: seed)
        var limits = DeliveryLimits()
        limits.windowEventsMax = Int.random(in: 2...24, using: &self.random)
        limits.heldBytesMax = Int.random(in: 3...40, using: &self.random) * 400 + 4_000
        limits.catchUpBytesMax = 4_000
        limits.inFlightMax = Int.random(in: 1...12, using: &self.random)
        limits.inFlightPerDestinationMax = Int.random(in: 1...8, using: &self.random)
        limits.inFlightPerTenantMax = Int.random(in: 1...10, using: &self.random)
        limits.circuitFailuresMax = Int.random(in: 2...12, using: &self.random)
        limits.catchUpFetchesMax = Int.random(in: 1...3, using: &self.random)
        limits.catchUpRecordsMax = Int.random(in: 1...12, using: &self.random)
        limits.suspendAfterMilliseconds = 0
        self.limits = limits
        self.machine = DeliveryStateMachine(limits: limits, seed: seed)
        self.partitions = (0..<Int32.random(in: 1...3, using: &self.random)).map {
            TopicPartition(Topic("events"), Partition($0))
        }
        self.restart()
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self.random) < percent }

    /// A new process on what is durable.
    mutating func restart() {
        self.machine = DeliveryStateMachine(limits: self.limits, seed: self.random.next())
        self.attempts = []
        self.fetches = []
        self.deadLetterWrites = []
        self.plan = nil
        self.planCovers = []
        self.settledSincePlan = []
        self.assigned = []
        for topicPartition in self.partitions { self.assign(topicPartition) }
        for id in self.catalog.keys.sorted() { self.introduce(id) }
        self.carryOut()
    }

    mutating func assign(_ topicPartition: TopicPartition) {
        let committed =
            self.log.committed[GroupName.tail]?[topicPartition]?.offset ?? Offset(self.log.start(topicPartition))
        let places = self.machinePlaces(topicPartition)
        self.machine.assign(topicPartition, committed: committed, cursors: { places[$0] ?? (nil, nil) }, now: self.now)
        self.assigned.insert(topicPartition)
    }

    private func machinePlaces(
        _ topicPartition: TopicPartition
    ) -> [Int: (start: Offset?, cursor: SubscriptionCursor?)] {
        var places: [Int: (start: Offset?, cursor: SubscriptionCursor?)] = [:]
        for (id, subscription) in self.catalog {
            guard let slot = self.machine.slot(of: id) else { continue }
            let committed = self.log.committed[GroupName.cursor(of: id, generation: subscription.generation)]?[
                topicPartition]
            places[slot] = (subscription.starts[topicPartition], committed.flatMap { SubscriptionCursor($0) })
        }
        return places
    }

    mutating func introduce(_ id: SubscriptionID) {
        guard let subscription = self.catalog[id], !subscription.isCompleted else { return }
        let cursors = (self.log.committed[GroupName.cursor(of: id, generation: subscription.generation)] ?? [:])
            .compactMapValues { SubscriptionCursor($0) }
        self.machine.add(self.specification(subscription), starts: subscription.starts, cursors: cursors, now: self.now)
    }

    func specification(_ subscription: SimulatedSubscription) -> DeliverySpecification {
        let config = subscription.config
        return DeliverySpecification(
            id: subscription.id, generation: subscription.generation, config: config,
            destination: Destination(
                sink: "http://sink/\(subscription.id.name)", origin: "http://sink-\(subscription.id.name)",
                mode: config.mode, protocolSettings: HTTPProtocolSettings(),
                timeoutMilliseconds: config.timeoutMilliseconds),
            status: subscription.status, replayID: subscription.isReplay ? subscription.id.name : nil,
            until: subscription.until)
    }

    /// Takes the machine's wishes and puts them under way.
    mutating func carryOut() {
        for effect in self.machine.takeEffects() {
            switch effect {
            case .send(let attempt): self.begin(attempt)
            case .fetch(let fetch): self.fetches.append(fetch)
            case .writeDeadLetter(let write): self.deadLetterWrites.append(write)
            case .suspended(let id, let generation, _):
                if self.catalog[id]?.generation == generation { self.catalog[id]?.status = .suspended }
            case .rangeLost(let id, let topicPartition, let from, let to):
                self.noteLost(id, topicPartition, from: from.value, to: to.value)
            case .replayCompleted(let id, _, _):
                self.catalog[id]?.isCompleted = true
                self.statistics.replaysCompleted += 1
                self.checkReplay(id)
                self.machine.remove(id, now: self.now)
            }
        }
    }

    private mutating func noteLost(_ id: SubscriptionID, _ topicPartition: TopicPartition, from: Int64, to: Int64) {
        guard let generation = self.catalog[id]?.generation else { return }
        self.statistics.rangesLost += 1
        for offset in from..<max(from, to) {
            self.lost.insert(Settled(generation: generation, position: Position(topicPartition, Offset(offset))))
        }
    }

    func record(at position: Position) -> SimulatedRecord {
        self.log.records[position.topicPartition]![Int(position.offset.value)]
    }
}
