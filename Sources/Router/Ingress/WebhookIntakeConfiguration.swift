import EventLog
import NetworkGuard
import Webhooks

/// What the webhook endpoints take, and from where.
public struct WebhookIntakeConfiguration: Sendable {
    /// Limits of events, and which bodies take the long way.
    public var ingress = IngressConfiguration()
    /// Where it is remembered which deliveries were accepted: one partition.
    public var deliveryTopic = Topic("portarium.webhook-deliveries")
    /// Proxies whose `X-Forwarded-For` is believed.
    public var trustedProxies: [IPNetwork] = []
    /// `https://HOST[:PORT]` under which providers reach the router; nil: not known.
    public var publicURL: String?

    public init() {}
}
