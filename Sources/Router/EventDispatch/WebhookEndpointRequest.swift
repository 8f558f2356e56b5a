import Webhooks

/// An endpoint as somebody wants it.
public struct WebhookEndpointRequest: Sendable {
    public var endpoint: WebhookEndpoint
    /// Each of them is good; nil: those that it has.
    public var secrets: [String]?

    public init(endpoint: WebhookEndpoint, secrets: [String]?) {
        self.endpoint = endpoint
        self.secrets = secrets
    }
}
