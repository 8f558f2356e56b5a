import Webhooks

/// The endpoints that there are. Of several that were created as one id the first counts.
///
/// Each has a key of its own in the topic, so that no record of one makes compaction forget another, and everybody
/// comes to the same whatever was compacted before it was read.
struct WebhookEndpointCatalog: Sendable {
    struct Entry: Sendable {
        /// What its records have as their key.
        var key: Key
        var stored: StoredWebhookEndpoint
        var active: ActiveWebhookEndpoint?
        /// Why its webhooks cannot be judged, where that is so.
        var fault: String?
    }

    /// The key of an endpoint's records, `id/generation`; earlier versions wrote `id`, which such an endpoint keeps.
    struct Key: Sendable, Hashable, CustomStringConvertible {
        let description: String
        let id: String

        init(id: String, generation: String) {
            self.description = "\(id)/\(generation)"
            self.id = id
        }

        init(_ text: String) {
            self.description = text
            self.id = String(text.prefix { $0 != "/" })
        }
    }

    /// By id, the one that counts first.
    private var entries: [String: [Entry]] = [:]
    /// Ids of those that count, by tenant, unordered.
    private var ids: [String: Set<String>] = [:]

    var isEmpty: Bool { self.entries.isEmpty }

    /// The one that counts.
    subscript(_ id: String) -> Entry? { self.entries[id]?.first }

    /// Keys of all that were created as one id, the one that counts last.
    func keys(of id: String) -> [Key] { (self.entries[id] ?? []).map(\.key).reversed() }

    func count(tenant: String) -> Int { self.ids[tenant]?.count ?? 0 }

    /// Takes what a record says, or with nil its tombstone.
    mutating func apply(_ key: Key, _ entry: Entry?) {
        let old = self[key.id]
        var all = self.entries[key.id] ?? []
        all.removeAll { $0.key == key }
        if let entry {
            let place = all.firstIndex { Self.isBefore(entry.stored, $0.stored) } ?? all.endIndex
            all.insert(entry, at: place)
        }
        self.entries[key.id] = all.isEmpty ? nil : all
        if let old { self.forget(key.id, of: old.stored.tenant) }
        if let live = all.first { self.ids[live.stored.tenant, default: []].insert(key.id) }
    }

    private mutating func forget(_ id: String, of tenant: String) {
        self.ids[tenant]?.remove(id)
        if self.ids[tenant]?.isEmpty == true { self.ids[tenant] = nil }
    }

    private static func isBefore(_ one: StoredWebhookEndpoint, _ other: StoredWebhookEndpoint) -> Bool {
        (one.createdOffset ?? 0, one.generation) < (other.createdOffset ?? 0, other.generation)
    }

    /// A tenant's endpoints by id, from the first after `id` on.
    func list(tenant: String, after id: String?, limit: Int) -> [Entry] {
        (self.ids[tenant] ?? []).filter { candidate in id.map { $0 < candidate } ?? true }.sorted().prefix(limit)
            .compactMap { self[$0] }
    }
}
