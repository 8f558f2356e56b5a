import Subscriptions

/// The key of a subscription's record: `tenant/name`, and on a log that is shared `tenant/name/generation`.
///
/// There two processes may create one id at the same time. With a key of its own neither record makes compaction forget
/// the other, so that what counts does not depend on what was compacted.
struct SubscriptionRecordKey: Sendable, Hashable, CustomStringConvertible {
    var id: SubscriptionID
    var generation: String?

    init(id: SubscriptionID, generation: String?) {
        self.id = id
        self.generation = generation
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        self.id = SubscriptionID(tenant: String(parts[0]), name: String(parts[1]))
        self.generation = parts.count == 3 ? String(parts[2]) : nil
    }

    var description: String { self.generation.map { "\(self.id)/\($0)" } ?? "\(self.id)" }
}
