import EventLog

/// Where a route reads in the partitions that it has, and what the transaction under way holds.
struct KafkaRoutePlan: Sendable {
    /// How much a transaction may hold, and how long it may be open.
    struct Limits: Sendable {
        /// Records that were read, carried or not.
        var recordsMax = 10_000
        /// Bytes that were carried.
        var bytesMax = 16 << 20
        var openMillisecondsMax: Int64 = 100
        /// A transaction that nothing comes to for so long is not kept open for more.
        var idleMillisecondsMax: Int64 = 25
    }

    let limits: Limits
    /// By slot. A slot belongs to its partition as long as the route lives.
    private var topicPartitions: [TopicPartition] = []
    /// What is read next; `.max` where the partition is gone.
    private var nexts: [Int64] = []
    private var areMoved: [Bool] = []
    private var slots: [TopicPartition: Int] = [:]
    private(set) var read = 0
    private(set) var carried = 0
    private(set) var invalid = 0
    private var bytes = 0
    private var openedAt: Int64?
    private var movedAt: Int64 = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    /// The partitions that it has.
    var partitions: [TopicPartition] {
        self.topicPartitions.indices.filter { self.nexts[$0] != .max }.map { self.topicPartitions[$0] }.sorted()
    }
    /// Whether a partition moved since the last transaction.
    var isOpen: Bool { self.openedAt != nil }
    /// How many records the transaction still takes.
    var room: Int { max(0, self.limits.recordsMax - self.read) }

    /// The number of a partition; the same for the same one, also for one that it does not have.
    mutating func slot(of topicPartition: TopicPartition) -> Int {
        if let slot = self.slots[topicPartition] { return slot }
        let slot = self.nexts.count
        self.slots[topicPartition] = slot
        self.topicPartitions.append(topicPartition)
        self.nexts.append(.max)
        self.areMoved.append(false)
        return slot
    }

    /// Takes up a partition, or goes to another place in it.
    mutating func add(_ topicPartition: TopicPartition, at offset: Int64) {
        let slot = self.slot(of: topicPartition)
        self.nexts[slot] = offset
        self.areMoved[slot] = false
    }

    mutating func remove(_ topicPartition: TopicPartition) { self.add(topicPartition, at: .max) }

    /// What is read next of a partition; nil where it does not have it.
    func next(of topicPartition: TopicPartition) -> Int64? {
        guard let slot = self.slots[topicPartition], self.nexts[slot] != .max else { return nil }
        return self.nexts[slot]
    }

    /// Takes a record that was read into the transaction; false where it is not its turn: it was fetched for an earlier
    /// place, or its partition is gone.
    @inline(__always)
    mutating func take(slot: Int, offset: Int64, now: Int64) -> Bool {
        guard offset >= self.nexts[slot] else { return false }
        self.nexts[slot] = offset + 1
        self.areMoved[slot] = true
        self.read += 1
        self.movedAt = now
        if self.openedAt == nil { self.openedAt = now }
        return true
    }

    /// A record that was taken goes to the target.
    @inline(__always)
    mutating func noteCarried(bytes: Int) {
        self.carried += 1
        self.bytes += bytes
    }

    /// A record that was taken is no event.
    mutating func noteInvalid() { self.invalid += 1 }

    /// Whether the transaction has to be ended now.
    func isDue(now: Int64) -> Bool {
        guard let openedAt else { return false }
        return self.read >= self.limits.recordsMax || self.bytes >= self.limits.bytesMax
            || now - openedAt >= self.limits.openMillisecondsMax
            || now - self.movedAt >= self.limits.idleMillisecondsMax
    }

    /// How long to wait for records, in milliseconds: not past the end of the transaction, `idle` where there is none.
    func waitMilliseconds(now: Int64, idle: Int64) -> Int64 {
        guard let openedAt else { return idle }
        return max(0, min(self.limits.openMillisecondsMax - (now - openedAt), self.limits.idleMillisecondsMax))
    }

    /// What the transaction stores of the group's positions.
    var positions: [(topicPartition: TopicPartition, offset: Int64)] {
        self.nexts.indices.filter { self.areMoved[$0] }.map { (self.topicPartitions[$0], self.nexts[$0]) }
    }

    /// Begins the next transaction.
    mutating func begin() {
        for slot in self.areMoved.indices { self.areMoved[slot] = false }
        self.read = 0
        self.carried = 0
        self.invalid = 0
        self.bytes = 0
        self.openedAt = nil
    }
}
