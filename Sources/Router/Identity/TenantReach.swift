/// Whose things a caller may see and touch.
public enum TenantReach: Sendable, Hashable {
    /// Those of one tenant.
    case one(String)
    /// Those of every tenant: the platform itself.
    case all

    /// How all tenants are written where one tenant could stand.
    public static let allText = "*"

    /// A reach as it is written; nil where the text is neither a tenant id nor ``allText``.
    public init?(_ text: String) {
        if text == Self.allText {
            self = .all
        } else if Self.isTenant(text) {
            self = .one(text)
        } else {
            return nil
        }
    }

    /// A tenant id, or ``allText``.
    public var text: String {
        switch self {
        case .one(let tenant): tenant
        case .all: Self.allText
        }
    }

    /// Whether everything within another reach is within this one.
    public func covers(_ other: TenantReach) -> Bool { self == .all || self == other }

    /// Characters that a tenant id has at most.
    public static let tenantLengthMax = 64

    /// Whether a text is a tenant id: 1...64 of `A-Z a-z 0-9 . _ ~ -`.
    public static func isTenant(_ text: some StringProtocol) -> Bool {
        (1...self.tenantLengthMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
                default: false
                }
            }
    }
}
