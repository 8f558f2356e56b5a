import CloudEvents

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

    /// Whether a text can be a name: 1 to 128 of `A-Z a-z 0-9 . _ ~ -`, and neither `.` nor `..`, which a path loses.
    public static func isValid(name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy(ASCIISet.unreserved.contains)
    }

    public var description: String { "\(self.tenant)/\(self.name)" }
    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.tenant, lhs.name) < (rhs.tenant, rhs.name) }
}
