import EventLog
import NetworkGuard
import Transforms
import WebhookSignatures
import Webhooks

/// An endpoint as the compacted topic has it, its secrets sealed.
struct StoredWebhookEndpoint: Codable, Sendable, Hashable {
    var id: String
    var tenant: String
    /// Which of the endpoints that had the id.
    var generation: String
    /// 0 for a new one, then one more with each change.
    var revision: Int
    var provider: String
    var sealedSecrets: [String]
    var allowedAddresses: [String]
    var mapping: [String: [String]]
    var dedupeWindowSeconds: Int
    var publicURL: String?
    var toleranceSeconds: Int64?
    var verification: HMACVerification?
    var createdAt: Int64
    /// Where the record lies that created it; nil in that record itself.
    var createdOffset: Int64?
    var updatedAt: Int64

    init(_ endpoint: WebhookEndpoint, generation: String, sealedSecrets: [String], now: Timestamp) {
        self.id = endpoint.id
        self.tenant = endpoint.tenant
        self.generation = generation
        self.revision = 0
        self.provider = endpoint.provider.name
        self.sealedSecrets = sealedSecrets
        self.allowedAddresses = endpoint.allowedAddresses.map(\.description)
        self.mapping = [:]
        for (attribute, templates) in endpoint.mapping.templates {
            self.mapping[attribute.rawValue] = templates.map(\.text)
        }
        self.dedupeWindowSeconds = endpoint.dedupeWindowSeconds
        self.publicURL = endpoint.publicURL
        self.toleranceSeconds = endpoint.toleranceSeconds
        self.verification = endpoint.verification
        self.createdAt = now.milliseconds
        self.updatedAt = now.milliseconds
    }

    /// What the secrets are bound to: moved to another endpoint they cannot be opened.
    static func binding(tenant: String, id: String) -> [String] { ["webhook-endpoint", tenant, id] }

    /// nil where it was stored by a router that knows more than this one.
    var endpoint: WebhookEndpoint? {
        guard let provider = WebhookProvider.named(self.provider) else { return nil }
        var endpoint = WebhookEndpoint(id: self.id, tenant: self.tenant, provider: provider)
        endpoint.allowedAddresses = self.allowedAddresses.compactMap { try? IPNetwork($0) }
        guard endpoint.allowedAddresses.count == self.allowedAddresses.count else { return nil }
        for (name, texts) in self.mapping {
            let templates = texts.compactMap { try? AttributeTemplate($0) }
            guard let attribute = WebhookMapping.Attribute(rawValue: name), templates.count == texts.count else {
                return nil
            }
            endpoint.mapping.templates[attribute] = templates
        }
        endpoint.dedupeWindowSeconds = self.dedupeWindowSeconds
        endpoint.publicURL = self.publicURL
        endpoint.toleranceSeconds = self.toleranceSeconds
        endpoint.verification = self.verification
        return endpoint
    }
}
