import CloudEvents

/// Finds the subscriptions an event matches without asking all of them.
///
/// Every subscription is filed, within its tenant, under a hash of what its filters make certain about attributes:
/// exact values and prefixes (``AttributeConstraints``). Subscriptions that constrain the same attributes in the same
/// way share one ``Signature`` and its table. An event costs one hash and one look-up per signature of its tenant, and
/// one evaluation per candidate; the number of subscriptions does not matter. Inserting and removing touch only the
/// subscription's own entries.
public struct SubscriptionIndex: Sendable {
    struct Candidate {
        var slot: Int
        var subscription: CompiledSubscription
    }

    /// The subscriptions of one tenant that constrain the same attributes, by hash of the values.
    struct Table {
        var signature: Signature
        var buckets: [Int: [Candidate]] = [:]
    }

    /// Tables by hash of the tenant. Two tenants with one hash would share tables, which is slower, not wrong: the
    /// subscription itself looks at the tenant again.
    private var tenants: [Int: [Table]] = [:]
    private var subscriptions: [Int: CompiledSubscription] = [:]

    public init() {}

    /// How many subscriptions there are.
    public var count: Int { self.subscriptions.count }

    /// Whether there is none.
    public var isEmpty: Bool { self.subscriptions.isEmpty }

    /// Adds a subscription under a number of the caller's choice; one that was there under this number is replaced.
    public mutating func insert(_ subscription: CompiledSubscription, slot: Int) {
        self.remove(slot: slot)
        self.subscriptions[slot] = subscription
        let candidate = Candidate(slot: slot, subscription: subscription)
        let tenant = Self.hash(ofTenant: subscription)
        for filing in Signature.filings(of: subscription.constraints) {
            var tables = self.tenants.removeValue(forKey: tenant) ?? []
            if let index = tables.firstIndex(where: { $0.signature == filing.signature }) {
                tables[index].buckets[filing.key, default: []].append(candidate)
            } else {
                tables.append(Table(signature: filing.signature, buckets: [filing.key: [candidate]]))
            }
            self.tenants[tenant] = tables
        }
    }

    /// Takes a subscription out; a number that is not there is ignored.
    public mutating func remove(slot: Int) {
        guard let subscription = self.subscriptions.removeValue(forKey: slot) else { return }
        let tenant = Self.hash(ofTenant: subscription)
        guard var tables = self.tenants.removeValue(forKey: tenant) else { return }
        for filing in Signature.filings(of: subscription.constraints) {
            guard let index = tables.firstIndex(where: { $0.signature == filing.signature }) else { continue }
            tables[index].buckets[filing.key]?.removeAll { $0.slot == slot }
            if tables[index].buckets[filing.key]?.isEmpty == true { tables[index].buckets[filing.key] = nil }
            if tables[index].buckets.isEmpty { tables.remove(at: index) }
        }
        if !tables.isEmpty { self.tenants[tenant] = tables }
    }

    /// Replaces the content of `slots` by the numbers of all subscriptions that match the event, in ascending order.
    ///
    /// Allocates nothing where `slots` has room.
    public func match(_ event: CloudEvent, into slots: inout [Int]) {
        slots.removeAll(keepingCapacity: true)
        let tenant = event.attributes.withValue(of: "tenantid") { _, value in Self.hash(of: value) }
        guard let tenant, let tables = self.tenants[tenant] else { return }
        for table in tables {
            guard let key = table.signature.key(of: event), let bucket = table.buckets[key] else { continue }
            for candidate in bucket where candidate.subscription.matches(event) { slots.append(candidate.slot) }
        }
        guard slots.count > 1 else { return }
        slots.sort()
        Self.removeRepeated(&slots)
    }

    /// How many subscriptions the event would be put to: what the narrowing leaves. For measurements and tests.
    public func candidateCount(for event: CloudEvent) -> Int {
        let tenant = event.attributes.withValue(of: "tenantid") { _, value in Self.hash(of: value) }
        guard let tenant, let tables = self.tenants[tenant] else { return 0 }
        return tables.reduce(0) { count, table in
            count + (table.signature.key(of: event).flatMap { table.buckets[$0]?.count } ?? 0)
        }
    }

    /// A subscription that is filed in several ways can be found more than once.
    private static func removeRepeated(_ slots: inout [Int]) {
        var kept = 1
        for index in 1..<slots.count where slots[index] != slots[kept - 1] {
            slots[kept] = slots[index]
            kept += 1
        }
        slots.removeLast(slots.count - kept)
    }

    private static func hash(ofTenant subscription: CompiledSubscription) -> Int {
        var tenant = subscription.id.tenant
        return tenant.withUTF8 { self.hash(of: UnsafeRawBufferPointer($0)) }
    }

    private static func hash(of bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }
}
