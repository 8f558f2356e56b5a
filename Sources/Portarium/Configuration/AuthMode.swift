/// How callers are known.
enum AuthMode: String, Sendable, Hashable, CaseIterable {
    /// They are not: everyone who reaches the router may do everything, for any tenant.
    case keyless
    /// Every call but the public ones needs an API key or a token.
    case required
}
