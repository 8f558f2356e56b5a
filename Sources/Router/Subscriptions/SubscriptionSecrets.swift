/// What somebody gave with a subscription and nobody is shown again. It is no part of ``Subscription``, so that it can
/// be in no representation, log record or event.
public struct SubscriptionSecrets: Sendable {
    /// `config.signing.secrets`; nil: those that are stored stay, or one is made.
    public var signing: [String]?
    /// `protocolsettings.authorization.value`; nil: what is stored stays.
    public var authorization: String?

    /// Secrets that sign at once.
    public static let signingMax = 8
    /// Bytes of `authorization`.
    public static let authorizationBytesMax = 8_192

    public init(signing: [String]? = nil, authorization: String? = nil) {
        self.signing = signing
        self.authorization = authorization
    }
}

extension SubscriptionSecrets: CustomStringConvertible, CustomReflectable {
    /// Says nothing of what it holds.
    public var description: String { "SubscriptionSecrets(***)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
