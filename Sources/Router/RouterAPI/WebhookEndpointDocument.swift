import EventDispatch
import HTTPServing
import NetworkGuard
import Subscriptions
import Transforms
import WebhookSignatures
import Webhooks

/// The body of `POST /v1/webhook-endpoints` and of `PUT` on one.
///
/// What answers have beside it may be there too, so that an answer can be put back; it is ignored.
struct WebhookEndpointDocument: Decodable {
    private static let members = [
        "id", "provider", "secrets", "allowedAddresses", "mapping", "dedupeWindowSeconds", "publicUrl",
        "toleranceSeconds", "verification",
    ]
    private static let readOnlyMembers = ["url", "secretCount", "fault", "createdAt", "updatedAt"]

    let id: String?
    private let provider: String
    private let secrets: [String]?
    private let allowedAddresses: [String]
    private let mapping: [String: [String]]
    private let dedupeWindowSeconds: Int?
    private let publicURL: String?
    private let toleranceSeconds: Int?
    private let verification: HMACVerificationDocument?

    /// One template, or several.
    private struct Templates: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.texts = [text]
            } else {
                self.texts = try container.decode([String].self)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(Self.members + Self.readOnlyMembers)
        self.id = try members.decodeIfPresent(String.self, forKey: StrictMember("id"))
        self.provider = try members.decode(String.self, forKey: StrictMember("provider"))
        self.secrets = try members.decodeIfPresent([String].self, forKey: StrictMember("secrets"))
        self.allowedAddresses =
            try members.decodeIfPresent([String].self, forKey: StrictMember("allowedAddresses")) ?? []
        self.mapping =
            try members.decodeIfPresent([String: Templates].self, forKey: StrictMember("mapping"))?
            .mapValues(\.texts) ?? [:]
        self.dedupeWindowSeconds = try members.numberIfPresent(Int.self, forKey: StrictMember("dedupeWindowSeconds"))
        self.publicURL = try members.decodeIfPresent(String.self, forKey: StrictMember("publicUrl"))
        self.toleranceSeconds = try members.numberIfPresent(Int.self, forKey: StrictMember("toleranceSeconds"))
        self.verification = try members.decodeIfPresent(
            HMACVerificationDocument.self, forKey: StrictMember("verification"))
    }

    /// - Parameters:
    ///   - id: of the path; nil: the endpoint is new, and its id may be left to the router (empty).
    ///   - isURLKnown: whether providers' URLs are known without the endpoint's saying so.
    /// - Throws: 422 with everything that is wrong.
    func request(tenant: String, id: String?, isURLKnown: Bool) throws(ProblemError) -> WebhookEndpointRequest {
        var faults = FieldFaults()
        let provider = WebhookProvider.named(self.provider)
        if provider == nil {
            let names = WebhookProvider.all.map(\.name).joined(separator: ", ")
            faults.add("/provider", "must be one of \(names)")
        }
        self.check(id, &faults)
        self.checkSecrets(isNew: id == nil, &faults)
        self.checkNumbers(&faults)
        if let url = self.publicURL, !WebhookEndpointURL.isAbsolute(url) {
            faults.add("/publicUrl", "must be an absolute http or https URL without a fragment")
        }
        if let provider, provider.signsURL, self.publicURL == nil, !isURLKnown {
            faults.add(
                "/publicUrl",
                "is needed: \(provider.name) signs the URL that it was given, and webhooks.publicUrl is not "
                    + "set")
        }
        let ranges = self.ranges(&faults)
        let mapping = self.mapping(&faults)
        let verification = self.verification?.verification(provider, &faults)
        try faults.throwIfAny()
        guard let provider else { throw faults.problem }
        var endpoint = WebhookEndpoint(id: id ?? self.id ?? "", tenant: tenant, provider: provider)
        endpoint.allowedAddresses = ranges
        endpoint.mapping = mapping
        endpoint.dedupeWindowSeconds = self.dedupeWindowSeconds ?? WebhookEndpoint.dedupeWindowSecondsDefault
        endpoint.publicURL = self.publicURL
        endpoint.toleranceSeconds = self.toleranceSeconds.map { Int64($0) }
        endpoint.verification = verification
        return WebhookEndpointRequest(endpoint: endpoint, secrets: self.secrets)
    }

    private func check(_ pathID: String?, _ faults: inout FieldFaults) {
        guard let own = self.id else { return }
        if let pathID, own != pathID {
            faults.add("/id", "must be absent or the id of the path: an endpoint keeps its id")
        } else if !SubscriptionID.isValid(name: own) {
            faults.add("/id", "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -")
        }
    }

    private func checkSecrets(isNew: Bool, _ faults: inout FieldFaults) {
        guard let secrets else {
            if isNew { faults.add("/secrets", "is required: one secret, or several while they are rotated") }
            return
        }
        guard (1...WebhookEndpoint.secretsMax).contains(secrets.count) else {
            return faults.add("/secrets", "must have 1 to \(WebhookEndpoint.secretsMax) secrets")
        }
        for (index, secret) in secrets.enumerated()
        where !(1...WebhookEndpoint.secretBytesMax).contains(secret.utf8.count) {
            faults.add("/secrets/\(index)", "must have 1 to \(WebhookEndpoint.secretBytesMax) bytes")
        }
    }

    private func checkNumbers(_ faults: inout FieldFaults) {
        if let window = self.dedupeWindowSeconds, !(0...WebhookEndpoint.dedupeWindowSecondsMax).contains(window) {
            faults.add("/dedupeWindowSeconds", "must be 0 to \(WebhookEndpoint.dedupeWindowSecondsMax)")
        }
        if let tolerance = self.toleranceSeconds,
            !(1...WebhookEndpoint.toleranceSecondsMax).contains(Int64(tolerance))
        {
            faults.add("/toleranceSeconds", "must be 1 to \(WebhookEndpoint.toleranceSecondsMax)")
        }
    }

    private func ranges(_ faults: inout FieldFaults) -> [IPNetwork] {
        guard self.allowedAddresses.count <= WebhookEndpoint.allowedAddressesMax else {
            faults.add("/allowedAddresses", "must have at most \(WebhookEndpoint.allowedAddressesMax) ranges")
            return []
        }
        return self.allowedAddresses.enumerated().compactMap { index, text in
            do throws(IPNetwork.Fault) { return try IPNetwork(text) } catch {
                faults.add("/allowedAddresses/\(index)", error.reason)
                return nil
            }
        }
    }

    private func mapping(_ faults: inout FieldFaults) -> WebhookMapping {
        var mapping = WebhookMapping()
        for (name, texts) in self.mapping.sorted(by: { $0.key < $1.key }) {
            guard let attribute = WebhookMapping.Attribute(rawValue: name) else {
                let names = WebhookMapping.Attribute.allCases.map(\.rawValue).joined(separator: ", ")
                faults.add("/mapping/\(name)", "is no attribute that can be mapped; these can: \(names)")
                continue
            }
            guard (1...AttributeTemplate.alternativesMax).contains(texts.count) else {
                faults.add("/mapping/\(name)", "must have 1 to \(AttributeTemplate.alternativesMax) templates")
                continue
            }
            for (index, text) in texts.enumerated() {
                do throws(AttributeTemplate.Fault) {
                    mapping.templates[attribute, default: []].append(try AttributeTemplate(text))
                } catch {
                    faults.add("/mapping/\(name)" + (texts.count > 1 ? "/\(index)" : ""), error.detail)
                }
            }
        }
        return mapping
    }
}
