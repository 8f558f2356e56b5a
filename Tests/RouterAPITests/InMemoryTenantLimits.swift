import EventDispatch
import Synchronization
import TenantLimits

/// Limits of tenants in memory.
final class InMemoryTenantLimits: TenantLimitService {
    private let overrides = Mutex<[String: [TenantLimit: Int]]>([:])

    func get(_ tenant: String) async throws(ServiceError) -> TenantLimitView {
        let own = self.overrides.withLock { $0[tenant] ?? [:] }
        var defaults = TenantLimits()
        defaults[.inFlight] = 512
        return TenantLimitView(
            tenant: tenant, limits: defaults.overridden(by: own), overrides: own,
            updatedAt: own.isEmpty ? nil : InMemorySubscriptions.created)
    }

    func set(_ overrides: [TenantLimit: Int], of tenant: String) async throws(ServiceError) -> TenantLimitView {
        self.overrides.withLock { $0[tenant] = overrides }
        return try await self.get(tenant)
    }

    /// A tenant that has used everything once.
    func usage(_ tenant: String) async throws(ServiceError) -> TenantUsage {
        var usage = TenantUsage(tenant: tenant, limits: try await self.get(tenant).limits)
        usage.events = .init(perSecond: 12.345, available: 7, accepted: 100)
        usage.throttledRequests = 1
        usage.counts = [.subscriptions: 1, .endpoints: 2, .inFlight: 3, .deadLetters: 4]
        return usage
    }
}
