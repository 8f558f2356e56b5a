/// Knows whoever presents a credential, from memory.
public protocol CredentialSource: Sendable {
    /// Whoever presents a key; nil where nobody valid does. Does not wait.
    func principal(presenting key: String) -> Principal?

    /// Whether what a principal signed in with is still valid. Does not wait.
    func stands(_ principal: Principal) -> Bool
}
