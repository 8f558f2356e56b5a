/// Who knows the endpoints that are in force.
public protocol WebhookEndpointSource: Sendable {
    /// The endpoint of an id; nil where there is none. Asked for every webhook: it answers from memory.
    func active(_ id: String) -> ActiveWebhookEndpoint?
}
