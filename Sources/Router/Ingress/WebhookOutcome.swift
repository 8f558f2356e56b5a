/// What became of a webhook: the label of a counter. The set may grow.
public struct WebhookOutcome: Sendable, Hashable {
    /// A short word, lower case with `-`.
    public let name: String

    /// An outcome.
    public init(name: String) { self.name = name }

    /// Its events are durably in the log.
    public static let accepted = Self(name: "accepted")
    /// Its events are durably in the spool, because the log did not take them.
    public static let spooled = Self(name: "spooled")
    /// It was there already.
    public static let duplicate = Self(name: "duplicate")
    /// A provider's question was answered.
    public static let challenge = Self(name: "challenge")
    /// There is no such endpoint.
    public static let unknownEndpoint = Self(name: "unknown-endpoint")
    /// It comes from an address that is not allowed.
    public static let address = Self(name: "address")
    /// What is signed does not fit the signature: another secret, or another body.
    public static let signature = Self(name: "signature")
    /// A header that has to be there is not, or is there twice.
    public static let header = Self(name: "header")
    /// A header, or what the body says of its time, is not as the provider writes it.
    public static let malformed = Self(name: "malformed")
    /// Too old, or from the future.
    public static let timestamp = Self(name: "timestamp")
    /// The URL is signed, and is not known.
    public static let url = Self(name: "url")
    /// The endpoint's secrets cannot be opened.
    public static let sealed = Self(name: "sealed")
    /// It was refused for what any request with events may be refused for.
    public static func refused(_ reason: IngressRefusal) -> Self { Self(name: reason.name) }
}
