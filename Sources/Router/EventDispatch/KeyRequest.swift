import Identity

/// A key that somebody wants.
public struct KeyRequest: Sendable, Hashable {
    public var reach: TenantReach
    /// What people call it, 1...128 characters.
    public var name: String
    /// One at least.
    public var scopes: Set<Scope>
    /// When it stops working by itself, in milliseconds since 1970; nil: never.
    public var expiresAtMilliseconds: Int64?

    /// A request; nothing is checked.
    public init(reach: TenantReach, name: String, scopes: Set<Scope>, expiresAtMilliseconds: Int64? = nil) {
        self.reach = reach
        self.name = name
        self.scopes = scopes
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }
}
