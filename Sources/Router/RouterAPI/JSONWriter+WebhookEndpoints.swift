import EventDispatch
import NetworkGuard
import Transforms
import WebhookSignatures
import Webhooks

extension JSONWriter {
    /// An endpoint without its secrets.
    mutating func webhookEndpoint(_ view: WebhookEndpointView, publicURL: String?) {
        let endpoint = view.endpoint
        self.object { json in
            json.member("id", endpoint.id)
            json.member("url", WebhookEndpointURL.url(of: endpoint, publicURL: publicURL))
            json.member("provider", endpoint.provider.name)
            json.member("secretCount", view.secretCount)
            json.array("allowedAddresses") { json in
                for range in endpoint.allowedAddresses { json.element(range.description) }
            }
            json.object("mapping") { json in json.templates(endpoint.mapping) }
            json.member("dedupeWindowSeconds", endpoint.dedupeWindowSeconds)
            if let url = endpoint.publicURL { json.member("publicUrl", url) }
            if let tolerance = endpoint.toleranceSeconds { json.member("toleranceSeconds", tolerance) }
            if let verification = endpoint.verification {
                json.object("verification") { json in
                    json.member("header", verification.header)
                    if let prefix = verification.prefix { json.member("prefix", prefix) }
                    json.member("encoding", verification.encoding.rawValue)
                    json.member("algorithm", verification.algorithm.rawValue)
                }
            }
            if let fault = view.fault { json.member("fault", fault) }
            json.time("createdAt", view.createdAt)
            json.time("updatedAt", view.updatedAt)
        }
    }

    private mutating func templates(_ mapping: WebhookMapping) {
        for attribute in WebhookMapping.Attribute.allCases {
            guard let templates = mapping.templates[attribute] else { continue }
            self.array(Self.name(of: attribute)) { json in
                for template in templates { json.element(template.text) }
            }
        }
    }

    private static func name(of attribute: WebhookMapping.Attribute) -> StaticString {
        switch attribute {
        case .type: "type"
        case .source: "source"
        case .subject: "subject"
        case .id: "id"
        case .time: "time"
        case .partitionkey: "partitionkey"
        }
    }
}
