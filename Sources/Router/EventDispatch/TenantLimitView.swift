import EventLog
import TenantLimits

/// The limits of a tenant, and which of them are its own.
public struct TenantLimitView: Sendable, Hashable {
    public var tenant: String
    /// What is in force.
    public var limits: TenantLimits
    /// What is set for this tenant alone; all others are the configuration's.
    public var overrides: [TenantLimit: Int]
    /// When they were set; nil where there are none.
    public var updatedAt: Timestamp?

    public init(tenant: String, limits: TenantLimits, overrides: [TenantLimit: Int] = [:], updatedAt: Timestamp? = nil)
    {
        self.tenant = tenant
        self.limits = limits
        self.overrides = overrides
        self.updatedAt = updatedAt
    }
}
