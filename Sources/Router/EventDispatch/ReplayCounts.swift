import DequeModule

/// Which replays are to be counted, and which are being counted: tenants take turns, and each has one at a time.
struct ReplayCounts: Sendable {
    /// One count of one replay.
    struct Count: Sendable, Hashable {
        let key: ReplayKey
        /// Tells it from earlier counts of the replay, whose results are worth nothing.
        let number: UInt64
    }

    /// How many are counted at the same time.
    let runningMax: Int
    private var waiting: [String: Deque<Count>] = [:]
    /// Tenants with counts that wait, in the order of their turns.
    private var ring: Deque<String> = []
    private var running: [String: Count] = [:]
    private var current: [ReplayKey: UInt64] = [:]
    private var number: UInt64 = 0

    init(runningMax: Int) { self.runningMax = runningMax }

    mutating func add(_ key: ReplayKey) {
        self.number += 1
        self.current[key] = self.number
        if self.waiting[key.tenant] == nil { self.ring.append(key.tenant) }
        self.waiting[key.tenant, default: []].append(Count(key: key, number: self.number))
    }

    /// What is counted of the replay now, or would be, is worth nothing any more.
    mutating func cancel(_ key: ReplayKey) { self.current[key] = nil }

    /// The same for all replays; what runs now counts as running until it is finished.
    mutating func cancelAll() {
        (self.current, self.waiting, self.ring) = ([:], [:], [])
    }

    func isCurrent(_ count: Count) -> Bool { self.current[count.key] == count.number }

    /// The next to begin; nil where there is none, or enough run.
    mutating func start() -> Count? {
        guard self.running.count < self.runningMax else { return nil }
        for _ in 0..<self.ring.count {
            guard let tenant = self.ring.popFirst() else { return nil }
            let current = self.current
            self.waiting[tenant]?.removeAll { current[$0.key] != $0.number }
            guard self.running[tenant] == nil else {
                self.ring.append(tenant)
                continue
            }
            let next = self.waiting[tenant]?.popFirst()
            if self.waiting[tenant]?.isEmpty == false {
                self.ring.append(tenant)
            } else {
                self.waiting[tenant] = nil
            }
            if let next {
                self.running[tenant] = next
                return next
            }
        }
        return nil
    }

    mutating func finish(_ count: Count) {
        if self.running[count.key.tenant] == count { self.running[count.key.tenant] = nil }
        if self.isCurrent(count) { self.current[count.key] = nil }
    }
}
