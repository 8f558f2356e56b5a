import EventLog
import Subscriptions

/// The subscriptions that there are, by tenant in the order of their names.
struct SubscriptionCatalog: Sendable {
    private struct Shelf {
        /// Ascending.
        var names: [String] = []
        /// Names that are being stored.
        var reserved: Set<String> = []
    }

    private(set) var stored: [SubscriptionID: StoredSubscription] = [:]
    /// Why the stored form of a subscription cannot be read or used.
    private(set) var faults: [SubscriptionID: String] = [:]
    private var shelves: [String: Shelf] = [:]
    /// On a shared log: subscriptions that do not count while another of their id does.
    var rivals: [SubscriptionID: [CatalogRecord]] = [:]
    /// On a shared log: where the record lies since which a subscription counts.
    var since: [SubscriptionID: Offset] = [:]

    subscript(_ id: SubscriptionID) -> StoredSubscription? { self.stored[id] }

    mutating func put(_ one: StoredSubscription, fault: String? = nil) {
        let id = one.subscription.id
        self.faults[id] = fault
        self.shelves[id.tenant, default: Shelf()].reserved.remove(id.name)
        guard self.stored.updateValue(one, forKey: id) == nil else { return }
        let place = self.place(of: id.name, in: id.tenant)
        self.shelves[id.tenant, default: Shelf()].names.insert(id.name, at: place)
    }

    mutating func remove(_ id: SubscriptionID) {
        self.faults[id] = nil
        self.since[id] = nil
        guard self.stored.removeValue(forKey: id) != nil else { return }
        let place = self.place(of: id.name, in: id.tenant)
        self.shelves[id.tenant]?.names.remove(at: place)
        self.forgetIfEmpty(id.tenant)
    }

    /// What came of the wish to create a subscription.
    enum Reservation: Sendable {
        case reserved
        case taken
        case tooMany
    }

    /// Holds a name, and counts it, until it is put or released.
    mutating func reserve(_ id: SubscriptionID, perTenantMax: Int) -> Reservation {
        let shelf = self.shelves[id.tenant] ?? Shelf()
        if self.stored[id] != nil || shelf.reserved.contains(id.name) { return .taken }
        guard shelf.names.count + shelf.reserved.count < perTenantMax else { return .tooMany }
        self.shelves[id.tenant, default: Shelf()].reserved.insert(id.name)
        return .reserved
    }

    mutating func release(_ id: SubscriptionID) {
        self.shelves[id.tenant]?.reserved.remove(id.name)
        self.forgetIfEmpty(id.tenant)
    }

    /// How many subscriptions of a tenant there are, those that are being stored not counted.
    func count(tenant: String) -> Int { self.shelves[tenant]?.names.count ?? 0 }

    /// Subscriptions of a tenant by name, from the first after `name` on.
    func list(tenant: String, after name: String? = nil, limit: Int = .max) -> [StoredSubscription] {
        guard let names = self.shelves[tenant]?.names else { return [] }
        var first = 0
        if let name {
            first = self.place(of: name, in: tenant)
            if first < names.count, names[first] == name { first += 1 }
        }
        return names[first...].prefix(limit).compactMap { self.stored[SubscriptionID(tenant: tenant, name: $0)] }
    }

    /// Where a name is, or would be.
    private func place(of name: String, in tenant: String) -> Int {
        guard let names = self.shelves[tenant]?.names else { return 0 }
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func forgetIfEmpty(_ tenant: String) {
        if let shelf = self.shelves[tenant], shelf.names.isEmpty, shelf.reserved.isEmpty { self.shelves[tenant] = nil }
    }
}
