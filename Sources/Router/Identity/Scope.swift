/// What a caller may do within its tenant.
public enum Scope: String, Sendable, Hashable, CaseIterable, Codable {
    /// Publish events.
    case publish
    /// Make and change subscriptions. Whoever may do that can have every event of the tenant sent to a sink.
    case subscribe
    /// Find, trace and stream events; look at subscriptions, replays and dead letters.
    case read
    /// Make and end replays; redrive and discard dead letters.
    case replay
    /// Everything, and keys.
    case admin
}
