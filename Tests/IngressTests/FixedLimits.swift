import Synchronization
import TenantLimits

/// Limits of tenants that a test sets.
final class FixedLimits: TenantLimitSource {
    private let values: Mutex<[String: TenantLimits]>
    private let followers = Mutex<[@Sendable (String, TenantLimits) -> Void]>([])

    init(_ values: [String: [TenantLimit: Int]]) {
        self.values = Mutex(values.mapValues { TenantLimits().overridden(by: $0) })
    }

    func limits(of tenant: String) -> TenantLimits { self.values.withLock { $0[tenant] ?? TenantLimits() } }

    func follow(_ follower: @escaping @Sendable (_ tenant: String, TenantLimits) -> Void) {
        self.followers.withLock { $0.append(follower) }
    }

    func set(_ limits: [TenantLimit: Int], of tenant: String) {
        let new = TenantLimits().overridden(by: limits)
        self.values.withLock { $0[tenant] = new }
        for follower in self.followers.withLock({ $0 }) { follower(tenant, new) }
    }
}
