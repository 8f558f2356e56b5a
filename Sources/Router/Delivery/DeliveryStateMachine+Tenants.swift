import DequeModule

/// What tenants share, and how.
extension DeliveryStateMachine {
    /// Of the places in flight, the part that is kept for tenants that have few: 1 in this many.
    private static let reservedPart = 4
    /// Fewer places than this are shared by turns alone.
    private static let dividedMin = 32
    /// While places are scarce, a tenant has no more in flight than this part of those that are free: 1 in this many.
    private static let scarcePart = 8
    /// Tenants without a place that are looked at when a place becomes free.
    private static let heldBackLooksMax = 8

    /// What a tenant has of what all share, from now on.
    /// - Parameters:
    ///   - weight: its share in what is sent and read while not all can be, `1...1000`.
    ///   - inFlightMax: its attempts in flight at most; nil: ``DeliveryLimits/inFlightPerTenantMax``.
    public mutating func setShare(ofTenant tenant: String, weight: Int, inFlightMax: Int? = nil, now: Int64) {
        let index = self.tenantIndex(tenant)
        self.tenants[index].weight = max(1, weight)
        self.tenants[index].inFlightMax = inFlightMax.map { max(1, $0) }
        self.tenantRing.append(contentsOf: self.heldBack)
        self.heldBack.removeAll()
        self.enqueueTenant(index)
        self.pump(now: now)
    }

    mutating func tenantIndex(_ name: String) -> Int {
        if let index = self.tenantIndexes[name] { return index }
        self.tenants.append(TenantState(name: name))
        self.tenantIndexes[name] = self.tenants.count - 1
        return self.tenants.count - 1
    }

    /// Whether the tenant's own limit lets one more attempt of it be in flight.
    func hasPlace(_ tenant: Int) -> Bool {
        self.tenants[tenant].inFlight < self.tenants[tenant].inFlightMax ?? self.limits.inFlightPerTenantMax
    }

    /// Whether the places that are left are for others: while few are free, a tenant has no more in flight than a small
    /// part of them, for each share of its weight. So those that wait for answers that do not come take ever fewer, and
    /// one that has nothing in flight finds a place.
    func isScarce(for tenant: Int) -> Bool {
        guard !self.isPlenty else { return false }
        let free = self.limits.inFlightMax - self.flights.count
        return self.tenants[tenant].inFlight >= max(1, free * self.tenants[tenant].weight / Self.scarcePart)
    }

    private var isPlenty: Bool {
        self.limits.inFlightMax < Self.dividedMin
            || self.limits.inFlightMax - self.flights.count > self.limits.inFlightMax / Self.reservedPart
    }

    /// A place has become free: tenants that were held back are looked at again, all of them once places are not
    /// scarce any more.
    mutating func reconsiderHeldBack() {
        guard !self.heldBack.isEmpty else { return }
        let isPlenty = self.isPlenty
        for _ in 0..<(isPlenty ? self.heldBack.count : min(Self.heldBackLooksMax, self.heldBack.count)) {
            guard let tenant = self.heldBack.popFirst() else { return }
            if isPlenty || !self.isScarce(for: tenant) {
                self.tenantRing.append(tenant)
            } else {
                self.heldBack.append(tenant)
            }
        }
    }

    /// What a tenant holds of the memory, for each share of its weight.
    func burden(_ tenant: Int) -> Int { self.tenants[tenant].heldBytes / self.tenants[tenant].weight }
}
