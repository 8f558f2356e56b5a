/// Knows of whom a token of an issuer speaks.
public protocol TokenSource: Sendable {
    /// What is known of a token without looking into it; nil: it has to be verified. Does not wait.
    func known(_ token: String) -> TokenVerdict?

    /// Verifies a token; may wait for the issuer's keys.
    func verify(_ token: String) async -> TokenVerdict
}
