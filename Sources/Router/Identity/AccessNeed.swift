/// What a call needs of its caller.
public enum AccessNeed: Sendable, Hashable {
    /// Nothing: the call is public, or knows its callers by other means.
    case nothing
    /// A valid credential, whatever its scopes.
    case anyCredential
    /// A credential with one of these scopes, or ``Scope/admin``.
    case anyOf([Scope])
    /// A credential with all of these scopes, or ``Scope/admin``.
    case allOf([Scope])
}
