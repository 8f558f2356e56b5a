/// What came of a token.
public enum TokenVerdict: Sendable, Hashable {
    /// It is valid and speaks of somebody.
    case valid(Principal)
    /// It is not valid. The reason is one sentence for whoever presented it, and holds nothing of the token.
    case invalid(reason: String)
    /// It is valid, and does not say for which tenant.
    case withoutTenant(reason: String)
}
