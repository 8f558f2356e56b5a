/// Hears what becomes of webhooks, once of each. Called on the path of the request: implementations only count.
public protocol WebhookObserver: Sendable {
    /// - Parameter provider: its name; nil where the endpoint is not known.
    func webhook(provider: String?, outcome: WebhookOutcome)
}
