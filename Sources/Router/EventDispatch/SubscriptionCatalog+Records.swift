import EventLog
import Subscriptions

/// What a record of a shared log says of one generation of a subscription.
struct CatalogRecord: Sendable, Hashable {
    var stored: StoredSubscription
    /// Why it cannot be read or used.
    var fault: String?
    /// Where the record lies.
    var offset: Offset

    init(stored: StoredSubscription, fault: String? = nil, offset: Offset) {
        self.stored = stored
        self.fault = fault
        self.offset = offset
        if stored.createdOffset == nil { self.stored.createdOffset = offset }
    }
}

/// What a record changed of what counts: nothing where both are nil.
struct CatalogChange: Sendable, Hashable {
    /// What counted before.
    var old: StoredSubscription?
    /// What counts now.
    var new: StoredSubscription?
    var fault: String?
}

/// The catalog as the records of a shared log make it, in the order of the log.
///
/// What counts depends only on the last record of each key: of the generations of one id the one that was created
/// first. So everybody comes to the same, whoever wrote, and whatever was compacted before it was read.
extension SubscriptionCatalog {
    /// Takes a record, or with nil a tombstone.
    mutating func apply(_ id: SubscriptionID, generation: String, _ record: CatalogRecord?) -> CatalogChange {
        let old = self[id]
        if let old, old.generation == generation {
            if let record { return self.enter(record, for: old) }
            self.remove(id)
            let heir = self.rivals[id]?.min { Self.isBefore($0.stored, $1.stored) }
            guard let heir else { return CatalogChange(old: old) }
            self.forgetRival(id, heir.stored.generation)
            return self.enter(heir, for: old)
        }
        self.forgetRival(id, generation)
        guard let record else { return CatalogChange() }
        guard let old else { return self.enter(record, for: nil) }
        if Self.isBefore(old, record.stored) {
            self.rivals[id, default: []].append(record)
            return CatalogChange()
        }
        let loser = CatalogRecord(stored: old, fault: self.faults[id], offset: self.since[id] ?? .zero)
        self.rivals[id, default: []].append(loser)
        return self.enter(record, for: old)
    }

    private mutating func enter(_ record: CatalogRecord, for old: StoredSubscription?) -> CatalogChange {
        let id = record.stored.subscription.id
        if old?.generation != record.stored.generation { self.since[id] = record.offset }
        self.put(record.stored, fault: record.fault)
        return CatalogChange(old: old, new: record.stored, fault: record.fault)
    }

    private mutating func forgetRival(_ id: SubscriptionID, _ generation: String) {
        guard var left = self.rivals[id] else { return }
        left.removeAll { $0.stored.generation == generation }
        self.rivals[id] = left.isEmpty ? nil : left
    }

    private static func isBefore(_ one: StoredSubscription, _ other: StoredSubscription) -> Bool {
        (one.createdOffset ?? .zero, one.generation) < (other.createdOffset ?? .zero, other.generation)
    }
}
