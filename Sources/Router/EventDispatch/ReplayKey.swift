import Subscriptions

/// Which replay: its id in its tenant.
struct ReplayKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let machinePrefix = "replay:"

    let tenant: String
    let id: String

    init(tenant: String, id: String) {
        self.tenant = tenant
        self.id = id
    }

    /// Reads a key of the replays topic.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        self.init(tenant: String(text[..<slash]), id: String(text[text.index(after: slash)...]))
    }

    /// The replay behind an id of the delivery machine; nil for a subscription's.
    init?(machineID id: SubscriptionID) {
        guard id.name.hasPrefix(Self.machinePrefix) else { return nil }
        self.init(tenant: id.tenant, id: String(id.name.dropFirst(Self.machinePrefix.count)))
    }

    /// Under which id the delivery machine knows it.
    var machineID: SubscriptionID { SubscriptionID(tenant: self.tenant, name: Self.machinePrefix + self.id) }

    /// What it is stored under.
    var description: String { "\(self.tenant)/\(self.id)" }

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.tenant, lhs.id) < (rhs.tenant, rhs.id) }
}
