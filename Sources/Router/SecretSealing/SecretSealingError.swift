/// Why something cannot be sealed or opened. Tells the mend, and nothing of what is secret.
public struct SecretSealingError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
