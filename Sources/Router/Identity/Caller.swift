/// A principal, and the tenant that it acts for in one request.
public struct Caller: Sendable, Hashable {
    public var principal: Principal
    public var tenant: String
    /// Whether the request named the tenant; else it is the principal's, or the default one.
    public var isTenantNamed: Bool

    /// A caller.
    public init(principal: Principal, tenant: String, isTenantNamed: Bool) {
        self.principal = principal
        self.tenant = tenant
        self.isTenantNamed = isTenantNamed
    }

    /// Whose keys the request is about: a platform that names no tenant means those of all.
    public var reach: TenantReach {
        self.principal.reach == .all && !self.isTenantNamed ? .all : .one(self.tenant)
    }
}
