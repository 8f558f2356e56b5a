import CloudEvents
import WebhookSignatures

/// An endpoint that is in force, with what judges and translates its webhooks. A class, so that each webhook that asks
/// for it costs one reference.
public final class ActiveWebhookEndpoint: Sendable {
    public let endpoint: WebhookEndpoint
    /// Which of the endpoints that had its id.
    public let generation: String
    /// nil where its secrets cannot be opened: its webhooks wait until they can.
    public let verifier: WebhookVerifier?
    public let translator: WebhookTranslator

    public init(
        endpoint: WebhookEndpoint, generation: String, verifier: WebhookVerifier?, translator: WebhookTranslator
    ) {
        self.endpoint = endpoint
        self.generation = generation
        self.verifier = verifier
        self.translator = translator
    }
}
