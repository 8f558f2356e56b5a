import FoundationEssentials
import Subscriptions

extension SubscriptionDocument {
    static func decoded(_ json: String) throws -> SubscriptionDocument {
        try JSONDecoder().decode(SubscriptionDocument.self, from: Data(json.utf8))
    }

    /// Decodes and validates.
    static func subscription(_ json: String) throws -> Subscription {
        try Self.decoded(json).subscription(tenant: "acme") { "minted" }
    }
}

extension Encodable {
    /// The JSON text, members in order.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
