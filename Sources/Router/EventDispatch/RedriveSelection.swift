import Subscriptions

/// Which dead letters shall be sent again.
public enum RedriveSelection: Sendable, Hashable {
    /// Those of these, `1...1000`, whose events match all filters. An unknown one refuses the whole call.
    case ids([String], filters: [Filter] = [])
    /// All of one subscription whose events match all filters.
    case subscription(String, filters: [Filter])
}
