import Webhooks

/// The endpoints that there are. What counts is the last record of an id; but of two that were created as the same id
/// the first.
struct WebhookEndpointCatalog: Sendable {
    struct Entry: Sendable {
        var stored: StoredWebhookEndpoint
        var active: ActiveWebhookEndpoint?
        /// Why its webhooks cannot be judged, where that is so.
        var fault: String?
    }

    private var entries: [String: Entry] = [:]
    /// The same by tenant, unordered.
    private var ids: [String: Set<String>] = [:]

    var isEmpty: Bool { self.entries.isEmpty }

    subscript(_ id: String) -> Entry? { self.entries[id] }

    func count(tenant: String) -> Int { self.ids[tenant]?.count ?? 0 }

    /// Whether a record changes what counts: not one of another endpoint that was created while the id was taken.
    func takes(_ stored: StoredWebhookEndpoint) -> Bool {
        guard let live = self.entries[stored.id], live.stored.generation != stored.generation else { return true }
        return stored.revision > 0
    }

    mutating func put(_ entry: Entry) {
        self.remove(entry.stored.id)
        self.entries[entry.stored.id] = entry
        self.ids[entry.stored.tenant, default: []].insert(entry.stored.id)
    }

    mutating func remove(_ id: String) {
        guard let old = self.entries.removeValue(forKey: id) else { return }
        self.ids[old.stored.tenant]?.remove(id)
        if self.ids[old.stored.tenant]?.isEmpty == true { self.ids[old.stored.tenant] = nil }
    }

    /// A tenant's endpoints by id, from the first after `id` on.
    func list(tenant: String, after id: String?, limit: Int) -> [Entry] {
        (self.ids[tenant] ?? []).filter { candidate in id.map { $0 < candidate } ?? true }.sorted().prefix(limit)
            .compactMap { self.entries[$0] }
    }
}
