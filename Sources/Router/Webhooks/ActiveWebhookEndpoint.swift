import CloudEvents
import WebhookSignatures

/// An endpoint that is in force, with what judges and translates its webhooks.
public struct ActiveWebhookEndpoint: Sendable {
    public var endpoint: WebhookEndpoint
    /// Which of the endpoints that had its id.
    public var generation: String
    /// nil where its secrets cannot be opened: its webhooks wait until they can.
    public var verifier: WebhookVerifier?
    public var translator: WebhookTranslator

    public init(
        endpoint: WebhookEndpoint, generation: String, verifier: WebhookVerifier?, translator: WebhookTranslator
    ) {
        self.endpoint = endpoint
        self.generation = generation
        self.verifier = verifier
        self.translator = translator
    }
}
