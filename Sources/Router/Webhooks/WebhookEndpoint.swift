import NetworkGuard
import WebhookSignatures

/// Where a provider's webhooks come in: whose they are, how they are believed, and what events they become. Without its
/// secrets.
public struct WebhookEndpoint: Sendable, Hashable {
    /// Seconds that the ids of deliveries are remembered, at most: a week.
    public static let dedupeWindowSecondsMax = 604_800
    /// The same where none is given: a day.
    public static let dedupeWindowSecondsDefault = 86_400
    /// Secrets at once: each is tried.
    public static let secretsMax = 8
    /// Bytes of one secret.
    public static let secretBytesMax = 4_096
    /// Ranges of addresses.
    public static let allowedAddressesMax = 64
    /// How far a timestamp may be off, at most, in seconds.
    public static let toleranceSecondsMax: Int64 = 3_600

    /// `[A-Za-z0-9._~-]{1,128}`, unique over all tenants: it alone is in the URL.
    public var id: String
    public var tenant: String
    public var provider: WebhookProvider
    /// Who may send; empty: everybody who signs.
    public var allowedAddresses: [IPNetwork] = []
    /// What differs from the provider's own mapping.
    public var mapping = WebhookMapping()
    /// How long a delivery's id is remembered, `0...604800`; 0: not at all.
    public var dedupeWindowSeconds = Self.dedupeWindowSecondsDefault
    /// What the provider was told, where that is not the router's own idea of it; some sign it.
    public var publicURL: String?
    /// How far a provider's timestamp may be off, `1...3600`; nil: as the provider says.
    public var toleranceSeconds: Int64?

    /// How its senders sign, for a provider that takes that; nil: as the provider says.
    public var verification: HMACVerification?

    public init(id: String, tenant: String, provider: WebhookProvider) {
        self.id = id
        self.tenant = tenant
        self.provider = provider
    }

    /// The path that webhooks are sent to.
    public var path: String { "/v1/webhooks/\(self.id)" }
}
