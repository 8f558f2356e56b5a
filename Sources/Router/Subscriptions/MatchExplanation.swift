/// Whether an event matched, and why (not), in words for people.
public struct MatchExplanation: Sendable, Hashable {
    /// Whether the event would be sent.
    public var matched: Bool
    /// For example `exact type: 'a.b' is not 'a.c'`, `sql: evaluates to false`, `sql: missingAttribute firstname`.
    public var reason: String

    public init(matched: Bool, reason: String) {
        self.matched = matched
        self.reason = reason
    }
}
