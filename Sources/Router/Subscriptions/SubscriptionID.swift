/// The identity of a subscription: its name, unique within its tenant.
public struct SubscriptionID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Who it belongs to.
    public let tenant: String
    /// `[A-Za-z0-9._~-]{1,128}`; what the API calls `id`.
    public let name: String

    public init(tenant: String, name: String) {
        self.tenant = tenant
        self.name = name
    }

    public var description: String { "\(self.tenant)/\(self.name)" }
    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.tenant, lhs.name) < (rhs.tenant, rhs.name) }
}
