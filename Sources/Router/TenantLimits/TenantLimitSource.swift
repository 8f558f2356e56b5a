/// Knows the limits of every tenant, from memory.
public protocol TenantLimitSource: Sendable {
    /// What is in force for a tenant now.
    func limits(of tenant: String) -> TenantLimits

    /// Calls back with every tenant whose limits have changed, right after they have.
    func follow(_ follower: @escaping @Sendable (_ tenant: String, TenantLimits) -> Void)
}
