/// A secret that a provider's scheme cannot use. The text tells the mend and not the secret.
public struct WebhookSecretError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
