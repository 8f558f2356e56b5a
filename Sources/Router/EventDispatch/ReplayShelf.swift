import DequeModule
import EventLog

/// The replays that there are, by tenant.
struct ReplayShelf: Sendable {
    /// What came of a record of the replays topic.
    enum Outcome: Sendable {
        /// It is in force; `old` is what it took the place of.
        case accepted(old: StoredReplay?)
        /// It was written without knowledge of what is in force.
        case refused
    }

    /// So many refused records are remembered.
    private static let refusedMax = 10_000
    private var tenants: [String: [String: StoredReplay]] = [:]
    /// Calls that are about to store a replay, by tenant.
    private var reserved: [String: Int] = [:]
    /// Dry runs that are counting, by tenant.
    private var dryRuns: [String: Int] = [:]

    /// Offsets of records that were refused, oldest first.
    private var refused: Deque<Offset> = []

    subscript(_ key: ReplayKey) -> StoredReplay? { self.tenants[key.tenant]?[key.id] }

    var all: [StoredReplay] { self.tenants.values.flatMap(\.values) }

    mutating func put(_ replay: StoredReplay) { self.tenants[replay.tenant, default: [:]][replay.id] = replay }

    /// Takes over a record of the topic, in the log's order: every process that reads them all comes to the same.
    ///
    /// Of two changes of one state the first counts. Whoever wrote the other finds it refused, see
    /// ``isRefused(_:)``, and sees to it that the last record of the key is one that counts.
    mutating func apply(_ replay: StoredReplay, at offset: Offset) -> Outcome {
        let old = self[replay.key]
        if let old, (replay.revision ?? 0) <= (old.revision ?? 0) {
            self.refused.append(offset)
            if self.refused.count > Self.refusedMax { self.refused.removeFirst() }
            return .refused
        }
        self.put(replay)
        return .accepted(old: old)
    }

    /// Whether a record was applied and did not count.
    func isRefused(_ offset: Offset) -> Bool { self.refused.contains(offset) }

    mutating func remove(_ key: ReplayKey) {
        self.tenants[key.tenant]?[key.id] = nil
        if self.tenants[key.tenant]?.isEmpty == true { self.tenants[key.tenant] = nil }
    }

    /// A tenant's replays, newest first: ids begin with the time.
    func list(tenant: String) -> [StoredReplay] {
        (self.tenants[tenant] ?? [:]).values.sorted { $0.id > $1.id }
    }

    /// Those to a subscription that have not ended.
    func live(tenant: String, subscription: String) -> [StoredReplay] {
        (self.tenants[tenant] ?? [:]).values.filter { $0.subscription == subscription && !$0.isEnded }
    }

    /// Counts one more of a tenant's replays that have not ended, until it is released; false where there are too many.
    mutating func reserve(tenant: String, max: Int) -> Bool {
        let live = (self.tenants[tenant] ?? [:]).values.count { !$0.isEnded }
        guard live + self.reserved[tenant, default: 0] < max else { return false }
        self.reserved[tenant, default: 0] += 1
        return true
    }

    mutating func release(tenant: String) { Self.take(tenant, from: &self.reserved) }

    /// Counts a dry run until it ends; false where there are too many, of the tenant's or in all.
    mutating func beginDryRun(tenant: String, perTenantMax: Int, inAllMax: Int) -> Bool {
        guard self.dryRuns[tenant, default: 0] < perTenantMax,
            self.dryRuns.values.reduce(0, +) < inAllMax
        else { return false }
        self.dryRuns[tenant, default: 0] += 1
        return true
    }

    mutating func endDryRun(tenant: String) { Self.take(tenant, from: &self.dryRuns) }

    /// Ended replays that need not be kept: those that ended before a time, and of each tenant all but the last ones.
    func expired(endedBeforeMilliseconds limit: Int64, perTenantMax: Int) -> [ReplayKey] {
        self.tenants.values.flatMap { replays in
            let ended = replays.values.filter(\.isEnded)
                .sorted { ($0.finishedAt ?? 0, $0.id) > ($1.finishedAt ?? 0, $1.id) }
            return ended.enumerated().filter { $0 >= perTenantMax || ($1.finishedAt ?? 0) < limit }.map(\.element.key)
        }
    }

    private static func take(_ tenant: String, from counts: inout [String: Int]) {
        let rest = counts[tenant, default: 1] - 1
        counts[tenant] = rest > 0 ? rest : nil
    }
}
