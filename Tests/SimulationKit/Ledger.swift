import EventLog
import Subscriptions

/// What the checks know of one generation of a subscription: what became of every record.
struct Ledger: Sendable {
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        /// Delivered or dead-lettered, and the machine was told in time.
        static let settled = Marks(rawValue: 1)
        /// The same, by the process that lives now: no reason to send it again.
        static let settledInLife = Marks(rawValue: 2)
        /// Settled when the last commit was made that succeeded: even a crash is no reason to send it again.
        static let committed = Marks(rawValue: 4)
        /// `rangeLost` has named it.
        static let lost = Marks(rawValue: 8)
        /// At the sink, or given up with its dead letter under way.
        static let busy = Marks(rawValue: 16)
    }

    struct Page: Sendable {
        var marks: [Marks] = []
        /// Attempts in this life.
        var tries: [Int] = []
        /// Below this everything that is due has its fate.
        var complete: Int64 = 0
        /// The same for each key, counted in its records.
        var completeOfKey: [Int] = Array(repeating: 0, count: SimulatedLog.keyCount)
    }

    let id: SubscriptionID
    let isReplay: Bool
    /// Kinds that every filter since creation has accepted, and that any has: between the two the position decides.
    var alwaysKinds: KindSet
    var everKinds: KindSet
    let attemptsMax: Int
    let deadLetters: Bool
    let isOrdered: Bool
    private let starts: [TopicPartition: Offset]
    private let until: [TopicPartition: Int64]
    private(set) var pages: [Page] = []

    init(_ subscription: SimulatedSubscription) {
        self.id = subscription.id
        self.isReplay = subscription.isReplay
        self.alwaysKinds = subscription.kinds
        self.everKinds = subscription.kinds
        self.attemptsMax = subscription.config.retry.attemptsMax
        self.deadLetters = subscription.config.deadLetter
        self.isOrdered = subscription.config.ordering == .key
        self.starts = subscription.starts
        self.until = subscription.until
    }

    func start(_ topicPartition: TopicPartition) -> Int64 { self.starts[topicPartition]?.value ?? 0 }

    /// Where its business ends in a partition, exclusive.
    func end(_ topicPartition: TopicPartition, of log: SimulatedLog) -> Int64 {
        self.isReplay ? self.until[topicPartition] ?? 0 : log.end(log.index(of: topicPartition))
    }

    func marks(_ partition: Int, _ offset: Int64) -> Marks {
        guard partition < self.pages.count, offset < self.pages[partition].marks.count else { return [] }
        return self.pages[partition].marks[Int(offset)]
    }

    mutating func insert(_ marks: Marks, _ partition: Int, _ offset: Int64) {
        self.grow(partition, offset)
        self.pages[partition].marks[Int(offset)].formUnion(marks)
    }

    mutating func remove(_ marks: Marks, _ partition: Int, _ offset: Int64) {
        self.grow(partition, offset)
        self.pages[partition].marks[Int(offset)].subtract(marks)
    }

    /// Counts one more attempt and gives its number.
    mutating func countTry(_ partition: Int, _ offset: Int64) -> Int {
        self.grow(partition, offset)
        self.pages[partition].tries[Int(offset)] += 1
        return self.pages[partition].tries[Int(offset)]
    }

    /// What only the life that has ended knew of a partition.
    mutating func forgetLife(_ partition: Int) {
        guard partition < self.pages.count else { return }
        for index in self.pages[partition].marks.indices {
            self.pages[partition].marks[index].subtract([.settledInLife, .busy])
            self.pages[partition].tries[index] = 0
        }
    }

    /// The gap map was cut at an offset: a crash repeats what was settled behind it. Gives whether that is anything.
    mutating func forgetCommitted(_ partition: Int, from offset: Int64) -> Bool {
        guard partition < self.pages.count else { return false }
        var hasForgotten = false
        for index in self.pages[partition].marks.indices.dropFirst(Int(offset))
        where self.pages[partition].marks[index].contains(.committed) {
            self.pages[partition].marks[index].subtract(.committed)
            hasForgotten = true
        }
        return hasForgotten
    }

    private mutating func grow(_ partition: Int, _ offset: Int64) {
        while self.pages.count <= partition { self.pages.append(Page()) }
        while self.pages[partition].marks.count <= offset {
            self.pages[partition].marks.append([])
            self.pages[partition].tries.append(0)
        }
    }

    /// Whether a record has its fate, or needs none.
    func isDone(_ record: SimulatedRecord, _ partition: Int) -> Bool {
        let offset = record.position.offset.value
        return offset < self.start(record.position.topicPartition) || !record.matches(self.id, self.alwaysKinds)
            || !self.marks(partition, offset).isDisjoint(with: [.settled, .lost])
    }

    /// The first record that is due and has no fate yet.
    mutating func firstMissing(_ partition: Int, in log: SimulatedLog) -> Int64? {
        let end = self.end(log.partitions[partition], of: log)
        guard end > 0 else { return nil }
        self.grow(partition, 0)
        while self.pages[partition].complete < end {
            let offset = self.pages[partition].complete
            guard self.isDone(log.records[partition][Int(offset)], partition) else { return offset }
            self.pages[partition].complete += 1
        }
        return nil
    }

    /// The first record of the same key before this one that is due and has no fate yet, but for those that `excuses`.
    mutating func firstMissing(
        before record: SimulatedRecord, _ partition: Int, in log: SimulatedLog, excuses: (Int64) -> Bool
    ) -> Int64? {
        self.grow(partition, record.position.offset.value)
        let offsets = log.offsetsByKey[partition][record.key]
        var index = self.pages[partition].completeOfKey[record.key]
        var isComplete = true
        while index < offsets.count, offsets[index] < record.position.offset.value {
            if self.isDone(log.records[partition][Int(offsets[index])], partition) {
                if isComplete { self.pages[partition].completeOfKey[record.key] = index + 1 }
            } else if excuses(offsets[index]) {
                isComplete = false
            } else {
                return offsets[index]
            }
            index += 1
        }
        return nil
    }
}
