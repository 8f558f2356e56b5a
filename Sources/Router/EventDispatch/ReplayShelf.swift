/// The replays that there are, by tenant.
struct ReplayShelf: Sendable {
    private var tenants: [String: [String: StoredReplay]] = [:]
    /// Calls that are about to store a replay, by tenant.
    private var reserved: [String: Int] = [:]
    /// Dry runs that are counting, by tenant.
    private var dryRuns: [String: Int] = [:]

    subscript(_ key: ReplayKey) -> StoredReplay? { self.tenants[key.tenant]?[key.id] }

    var all: [StoredReplay] { self.tenants.values.flatMap(\.values) }

    mutating func put(_ replay: StoredReplay) { self.tenants[replay.tenant, default: [:]][replay.id] = replay }

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
