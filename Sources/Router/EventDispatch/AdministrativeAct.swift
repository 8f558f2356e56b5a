import CloudEvents
import Identity

/// Something that a caller did to what a tenant has, told as an event of `com.portarium.audit.…`.
public struct AdministrativeAct: Sendable, Hashable {
    /// What was done.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case subscriptionCreated = "SubscriptionCreated"
        case subscriptionUpdated = "SubscriptionUpdated"
        case subscriptionDeleted = "SubscriptionDeleted"
        case subscriptionPaused = "SubscriptionPaused"
        case subscriptionResumed = "SubscriptionResumed"
        case subscriptionSecretRead = "SubscriptionSecretRead"
        case subscriptionSecretRotated = "SubscriptionSecretRotated"
        case replayCreated = "ReplayCreated"
        case replayPaused = "ReplayPaused"
        case replayResumed = "ReplayResumed"
        case replayCancelled = "ReplayCancelled"
        case deadLettersRedriven = "DeadLettersRedriven"
        case deadLetterDiscarded = "DeadLetterDiscarded"
        case keyCreated = "KeyCreated"
        case keyDeleted = "KeyDeleted"
        case webhookEndpointCreated = "WebhookEndpointCreated"
        case webhookEndpointUpdated = "WebhookEndpointUpdated"
        case webhookEndpointDeleted = "WebhookEndpointDeleted"
        case tenantLimitsChanged = "TenantLimitsChanged"
        case tenantLimitsReset = "TenantLimitsReset"
        case eventTypeRegistered = "EventTypeRegistered"
        case eventTypeUpdated = "EventTypeUpdated"
        case eventTypeDeleted = "EventTypeDeleted"
    }

    public var kind: Kind
    /// The id of what it was done to; nil where it was many things.
    public var subject: String?
    /// What else is worth telling. Never a secret.
    public var details: [String: String]

    /// An act.
    public init(_ kind: Kind, subject: String? = nil, details: [String: String] = [:]) {
        self.kind = kind
        self.subject = subject
        self.details = details
    }

    /// What was done to a key; its name and what it allows are told.
    public static func key(_ kind: Kind, _ record: APIKeyRecord) -> Self {
        var details = [
            "name": record.name, "tenant": record.reach.text,
            "scopes": record.scopes.map(\.rawValue).sorted().joined(separator: " "),
        ]
        if let end = record.expiresAtMilliseconds { details["expiresAt"] = RFC3339.text(milliseconds: end) }
        return Self(kind, subject: record.id, details: details)
    }
}
