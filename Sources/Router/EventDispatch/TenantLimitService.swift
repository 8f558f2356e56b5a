import TenantLimits

/// Shows and changes the limits of tenants. Every tenant has some, whether or not anything was heard of it before.
public protocol TenantLimitService: Sendable {
    /// - Throws: `unavailable`.
    func get(_ tenant: String) async throws(ServiceError) -> TenantLimitView

    /// Replaces what is set for the tenant alone; it is in force here when this returns. Nothing at all: the
    /// configuration's limits are in force again.
    /// - Parameter overrides: each within ``TenantLimit/range``.
    /// - Throws: `limitExceeded` where too many tenants have limits of their own; `unavailable`.
    func set(_ overrides: [TenantLimit: Int], of tenant: String) async throws(ServiceError) -> TenantLimitView
}
