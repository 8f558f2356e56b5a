import Subscriptions

/// Which dead letters shall be sent again.
public enum RedriveSelection: Sendable, Hashable {
    /// These, `1...1000`. An unknown one refuses the whole call.
    case ids([String])
    /// All of one subscription whose events match all filters.
    case subscription(String, filters: [Filter])
}
