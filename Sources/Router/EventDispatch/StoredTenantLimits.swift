import EventLog
import TenantLimits

/// What is set for one tenant alone, as the compacted topic has it.
struct StoredTenantLimits: Codable, Sendable, Hashable {
    var tenant: String
    /// By name; a later version of the router may know more of them.
    var limits: [String: Int]
    var updatedAt: Int64

    init(tenant: String, overrides: [TenantLimit: Int], now: Timestamp) {
        self.tenant = tenant
        self.limits = Dictionary(uniqueKeysWithValues: overrides.map { ($0.key.rawValue, $0.value) })
        self.updatedAt = now.milliseconds
    }

    /// Those that this router knows.
    var overrides: [TenantLimit: Int] {
        var overrides: [TenantLimit: Int] = [:]
        for (name, value) in self.limits {
            if let limit = TenantLimit(rawValue: name) { overrides[limit] = value }
        }
        return overrides
    }
}
