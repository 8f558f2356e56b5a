import CloudEvents
import EventLog
import NIOCore
import Subscriptions

@testable import Delivery

/// A delivery machine with a clock in the hand of the test, a log that remembers, and what the machine wanted.
struct MachineRecorder {
    var machine: DeliveryStateMachine
    let limits: DeliveryLimits
    private(set) var now: Int64 = 0
    /// Of each partition, all that was published, and who wants it.
    private(set) var log: [[(event: DeliverableEvent, wanted: Set<String>)]]
    private(set) var committed: [ConsumerGroup: [TopicPartition: CommittedOffset]] = [:]
    private var starts: [SubscriptionID: [TopicPartition: Offset]] = [:]

    /// What the machine wants and nobody has done yet.
    var attempts: [DeliveryAttempt] = []
    var fetches: [CatchUpFetch] = []
    var deadLetters: [DeadLetterWrite] = []
    /// What it has said, in order.
    var suspended: [String] = []
    var lost: [ClosedRange<Int64>] = []
    var completed: [(name: String, delivered: Int64, deadLettered: Int64)] = []
    /// Of all attempts ever made, by subscription, the offsets in partition 0.
    private(set) var sent: [String: [Int64]] = [:]

    static func partition(_ index: Int) -> TopicPartition { TopicPartition(Topic("events"), Partition(Int32(index))) }

    init(partitions: Int = 1, _ change: (inout DeliveryLimits) -> Void = { _ in }) {
        var limits = DeliveryLimits()
        change(&limits)
        self.limits = limits
        self.machine = DeliveryStateMachine(limits: limits, seed: 1)
        self.log = Array(repeating: [], count: partitions)
        for index in 0..<partitions { self.assign(index) }
    }

    static func specification(
        _ name: String, tenant: String = "t", origin: String = "http://sink", generation: String = "g1",
        status: StoredSubscription.Status = .active, until: [TopicPartition: Int64]? = nil,
        _ change: (inout SubscriptionConfiguration) -> Void = { _ in }
    ) -> DeliverySpecification {
        var config = SubscriptionConfiguration()
        config.retry.delayMinMilliseconds = 100
        change(&config)
        return DeliverySpecification(
            id: SubscriptionID(tenant: tenant, name: name), generation: generation, config: config,
            destination: Destination(
                sink: "\(origin)/\(name)", origin: origin, mode: config.mode, protocolSettings: HTTPProtocolSettings(),
                timeoutMilliseconds: config.timeoutMilliseconds),
            status: status, replayID: until == nil ? nil : name, until: until ?? [:])
    }

    /// A subscription that is there from the beginning, or with the cursors that were committed for it.
    mutating func add(_ specification: DeliverySpecification, starts: [TopicPartition: Offset] = [:]) {
        let group = GroupName.cursor(of: specification.id, generation: specification.generation)
        let cursors = (self.committed[group] ?? [:]).compactMapValues { SubscriptionCursor($0) }
        self.starts[specification.id] = starts
        self.machine.add(specification, starts: starts, cursors: cursors, now: self.now)
        self.take()
    }

    mutating func add(
        _ name: String, tenant: String = "t", origin: String = "http://sink",
        _ change: (inout SubscriptionConfiguration) -> Void = { _ in }
    ) {
        self.add(Self.specification(name, tenant: tenant, origin: origin, change))
    }

    mutating func update(_ specification: DeliverySpecification) {
        self.machine.update(specification, now: self.now)
        self.take()
    }

    mutating func remove(_ name: String, tenant: String = "t") {
        self.machine.remove(SubscriptionID(tenant: tenant, name: name), now: self.now)
        self.take()
    }

    mutating func assign(_ partition: Int) {
        let topicPartition = Self.partition(partition)
        let tail = self.committed[GroupName.tail]?[topicPartition]?.offset ?? .zero
        var places: [Int: SubscriptionCursor] = [:]
        for id in self.starts.keys {
            guard let slot = self.machine.slot(of: id), let specification = self.machine.specification(at: slot) else {
                continue
            }
            let group = GroupName.cursor(of: id, generation: specification.generation)
            places[slot] = self.committed[group]?[topicPartition].flatMap { SubscriptionCursor($0) }
        }
        self.machine.assign(topicPartition, committed: tail, cursors: { (nil, places[$0]) }, now: self.now)
        self.take()
    }

    /// Appends events with these keys, read by the tail at once where it stands at the end.
    mutating func publish(
        _ keys: [String], to names: Set<String>? = nil, partition: Int = 0, bytes: Int = 0, isRead: Bool = true
    ) {
        for key in keys {
            let offset = self.log[partition].count
            var event = CloudEvent(
                id: "\(offset)", source: "/s", type: "t", data: ByteBuffer(repeating: 0, count: bytes))
            event.attributes.append(name: "partitionkey", value: key)
            let position = Position(Self.partition(partition), Offset(Int64(offset)))
            self.log[partition].append(
                (
                    event: DeliverableEvent(
                        event: event, position: position, timestamp: Timestamp(milliseconds: 0)),
                    wanted: names ?? ["*"]
                ))
        }
        if isRead { self.readTail(partition) }
    }

    mutating func publish(_ count: Int, key: String? = nil, to names: Set<String>? = nil, bytes: Int = 0) {
        let first = self.log[0].count
        self.publish((0..<count).map { key ?? "k\(first + $0)" }, to: names, bytes: bytes)
    }

    mutating func readTail(_ partition: Int = 0) {
        let topicPartition = Self.partition(partition)
        guard let from = self.machine.tailPosition(of: topicPartition)?.value else { return }
        let matches = self.log[partition].dropFirst(Int(from)).map { record in
            TailBatch.Match(event: record.event, slots: self.slots(wanting: record.wanted))
        }.filter { !$0.slots.isEmpty }
        let next = Offset(Int64(self.log[partition].count))
        self.machine.tail(
            TailBatch(topicPartition: topicPartition, matches: matches, from: Offset(from), next: next), now: self.now)
        self.take()
    }

    private func slots(wanting names: Set<String>) -> [Int] {
        self.starts.keys.sorted().filter { names.contains("*") || names.contains($0.name) }.compactMap { id in
            self.machine.slot(of: id).flatMap { slot in
                self.machine.specification(at: slot)?.isReplay == false ? slot : nil
            }
        }
    }

    /// Answers all reads that are wanted, and those that this makes the machine want.
    mutating func serveFetches() {
        while !self.fetches.isEmpty { self.serveFetch() }
    }

    mutating func serveFetch() {
        let fetch = self.fetches.removeFirst()
        let partition = Int(fetch.topicPartition.partition.value)
        let name = self.machine.specification(at: fetch.slot)?.id.name ?? ""
        let read = self.log[partition].dropFirst(Int(fetch.from.value)).prefix(fetch.recordsMax)
        let events = read.filter { record in
            let offset = record.event.position.offset.value
            if offset < fetch.position { return fetch.reload.contains(offset) }
            return record.wanted.contains("*") || record.wanted.contains(name)
        }
        self.machine.fetched(
            fetch, events: events.map(\.event), next: Offset(fetch.from.value + Int64(read.count)), now: self.now)
        self.take()
    }

    mutating func failFetch() {
        self.machine.fetchFailed(self.fetches.removeFirst(), now: self.now)
        self.take()
    }

    /// The log starts at `start` now, and the read finds out.
    mutating func loseFetch(start: Int64) {
        self.machine.rangeLost(self.fetches.removeFirst(), start: Offset(start), now: self.now)
        self.take()
    }

    /// Answers the attempt for an offset of partition 0, or the oldest.
    mutating func answer(
        _ meaning: AttemptReport.Meaning = .delivered, status: Int? = nil, for name: String? = nil,
        at offset: Int64? = nil, reachedDestination: Bool = true
    ) {
        let index = self.attempts.firstIndex { attempt in
            (name == nil || attempt.subscription.name == name)
                && (offset == nil || attempt.elements.contains { $0.position.offset.value == offset })
        }
        guard let index else { return }
        self.report(self.attempts.remove(at: index), meaning, status: status, reachedDestination: reachedDestination)
    }

    mutating func report(
        _ attempt: DeliveryAttempt, _ meaning: AttemptReport.Meaning, status: Int? = nil,
        reachedDestination: Bool = true
    ) {
        var report = AttemptReport(meaning: meaning, status: status, error: nil, durationMilliseconds: 1)
        report.reachedDestination = reachedDestination
        self.machine.report(attempt.id, report, now: self.now)
        self.take()
    }

    /// Answers everything with success until nothing is under way.
    mutating func settleAll() {
        while !self.attempts.isEmpty || !self.fetches.isEmpty {
            while !self.attempts.isEmpty { self.answer() }
            if !self.fetches.isEmpty { self.serveFetch() }
        }
    }

    mutating func writeDeadLetter(isWritten: Bool = true) {
        let write = self.deadLetters.removeFirst()
        if isWritten {
            self.machine.deadLetterWritten(write.id, now: self.now)
        } else {
            self.machine.deadLetterFailed(write.id, now: self.now)
        }
        self.take()
    }

    mutating func refuseDeadLetter() {
        self.machine.deadLetterRefused(self.deadLetters.removeFirst().id, reason: "too many", now: self.now)
        self.take()
    }

    mutating func pass(_ milliseconds: Int64) {
        self.now += milliseconds
        self.machine.advance(now: self.now)
        self.take()
    }

    /// Time passes until the machine has something to do.
    mutating func passToDeadline() {
        if let deadline = self.machine.nextDeadline { self.pass(max(0, deadline - self.now)) }
    }

    /// Commits what can be; gives what that was. Where it `fails`, only the first `durable` are stored.
    @discardableResult
    mutating func commit(fails: Bool = false, durable: Int = 0) -> [GroupCommit] {
        guard let plan = self.machine.planCommit() else { return [] }
        for commit in fails ? plan.commits.prefix(durable) : plan.commits[...] { self.store(commit) }
        self.machine.commitFinished(plan, succeeded: !fails)
        self.take()
        return plan.commits
    }

    mutating func store(_ commit: GroupCommit) {
        self.committed[commit.group, default: [:]][commit.topicPartition] = commit.committed
    }

    func committedTail(_ partition: Int = 0) -> Int64? {
        self.committed[GroupName.tail]?[Self.partition(partition)]?.offset.value
    }

    func cursor(_ name: String, generation: String = "g1", partition: Int = 0) -> SubscriptionCursor? {
        let group = GroupName.cursor(of: SubscriptionID(tenant: "t", name: name), generation: generation)
        return self.committed[group]?[Self.partition(partition)].flatMap { SubscriptionCursor($0) }
    }

    /// Another process on what is durable, with these subscriptions.
    func restarted(_ specifications: DeliverySpecification...) -> MachineRecorder {
        var other = self
        other.machine = DeliveryStateMachine(limits: self.limits, seed: 2)
        other.attempts = []
        other.fetches = []
        other.deadLetters = []
        other.sent = [:]
        other.starts = [:]
        for partition in self.log.indices { other.assign(partition) }
        for specification in specifications { other.add(specification) }
        return other
    }

    func standing(_ name: String, tenant: String = "t") -> DeliveryStateMachine.SubscriptionStanding? {
        self.machine.standing(of: SubscriptionID(tenant: tenant, name: name), ends: [:])
    }

    /// How many events partition 0 has.
    var published: Int { self.log[0].count }

    /// Offsets of the attempts that nobody has answered yet.
    var pendingOffsets: [Int64] { self.attempts.flatMap { $0.elements.map(\.position.offset.value) } }

    mutating func take() {
        for effect in self.machine.takeEffects() {
            switch effect {
            case .send(let attempt):
                self.attempts.append(attempt)
                self.sent[attempt.subscription.name, default: []] += attempt.elements
                    .filter { $0.position.partition == Partition(0) }.map(\.position.offset.value)
            case .fetch(let fetch): self.fetches.append(fetch)
            case .writeDeadLetter(let write): self.deadLetters.append(write)
            case .suspended(let id, _, _): self.suspended.append(id.name)
            case .rangeLost(_, _, let from, let to): self.lost.append(from.value...to.value)
            case .replayCompleted(let id, let delivered, let deadLettered):
                self.completed.append((name: id.name, delivered: delivered, deadLettered: deadLettered))
            }
        }
    }
}
