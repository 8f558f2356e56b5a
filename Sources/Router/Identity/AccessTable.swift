/// Which call needs what: the only place that says so. A call that is not in the table is allowed to nobody.
public enum AccessTable {
    /// One call.
    public struct Rule: Sendable, Hashable {
        /// In capitals. `HEAD` goes with `GET`.
        public let method: String
        /// With `{id}` where an identifier stands, as in the OpenAPI document.
        public let path: String
        public let need: AccessNeed
    }

    /// All calls, in the order of the OpenAPI document.
    public static let rules: [Rule] = [
        events, subscriptions, replays, deadLetters, keys, webhooks, eventTypes, tenants, operation,
    ].flatMap(\.self)

    private static let events: [Rule] = [
        Rule(method: "POST", path: "/v1/events", need: .anyOf([.publish])),
        Rule(method: "GET", path: "/v1/events", need: .anyOf([.read])),
        Rule(method: "GET", path: "/v1/events/stream", need: .anyOf([.read])),
        Rule(method: "GET", path: "/v1/events/{id}/trace", need: .anyOf([.read])),
    ]

    // Who makes subscriptions must see them; so it is with replays, and with what is redriven.
    private static let subscriptions: [Rule] = [
        Rule(method: "POST", path: "/v1/subscriptions", need: .anyOf([.subscribe])),
        Rule(method: "GET", path: "/v1/subscriptions", need: .anyOf([.subscribe, .read])),
        Rule(method: "OPTIONS", path: "/v1/subscriptions", need: .anyCredential),
        Rule(method: "GET", path: "/v1/subscriptions/{id}", need: .anyOf([.subscribe, .read])),
        Rule(method: "PUT", path: "/v1/subscriptions/{id}", need: .anyOf([.subscribe])),
        Rule(method: "DELETE", path: "/v1/subscriptions/{id}", need: .anyOf([.subscribe])),
        Rule(method: "OPTIONS", path: "/v1/subscriptions/{id}", need: .anyCredential),
        Rule(method: "POST", path: "/v1/subscriptions/{id}/pause", need: .anyOf([.subscribe])),
        Rule(method: "POST", path: "/v1/subscriptions/{id}/resume", need: .anyOf([.subscribe])),
        // Not for those who only read: a secret that both sides know signs, too.
        Rule(method: "GET", path: "/v1/subscriptions/{id}/secret", need: .anyOf([.subscribe])),
        Rule(method: "POST", path: "/v1/subscriptions/{id}/secret/rotate", need: .anyOf([.subscribe])),
    ]

    private static let replays: [Rule] = [
        Rule(method: "POST", path: "/v1/replays", need: .anyOf([.replay])),
        Rule(method: "GET", path: "/v1/replays", need: .anyOf([.replay, .read])),
        Rule(method: "GET", path: "/v1/replays/{id}", need: .anyOf([.replay, .read])),
        Rule(method: "POST", path: "/v1/replays/{id}/pause", need: .anyOf([.replay])),
        Rule(method: "POST", path: "/v1/replays/{id}/resume", need: .anyOf([.replay])),
        Rule(method: "POST", path: "/v1/replays/{id}/cancel", need: .anyOf([.replay])),
    ]

    private static let deadLetters: [Rule] = [
        Rule(method: "GET", path: "/v1/dead-letters", need: .anyOf([.replay, .read])),
        Rule(method: "POST", path: "/v1/dead-letters/redrive", need: .anyOf([.replay])),
        Rule(method: "GET", path: "/v1/dead-letters/{id}", need: .anyOf([.replay, .read])),
        Rule(method: "DELETE", path: "/v1/dead-letters/{id}", need: .anyOf([.replay])),
    ]

    private static let keys: [Rule] = [
        Rule(method: "POST", path: "/v1/keys", need: .anyOf([.admin])),
        Rule(method: "GET", path: "/v1/keys", need: .anyOf([.admin])),
        Rule(method: "DELETE", path: "/v1/keys/{id}", need: .anyOf([.admin])),
    ]

    // An endpoint lets others publish for the tenant. What it takes is believed for its signature.
    private static let webhooks: [Rule] = [
        Rule(method: "POST", path: "/v1/webhooks/{endpointId}", need: .nothing),
        Rule(method: "OPTIONS", path: "/v1/webhooks/{endpointId}", need: .nothing),
        Rule(method: "POST", path: "/v1/webhook-endpoints", need: .anyOf([.admin])),
        Rule(method: "GET", path: "/v1/webhook-endpoints", need: .anyOf([.admin, .read])),
        Rule(method: "GET", path: "/v1/webhook-endpoints/{id}", need: .anyOf([.admin, .read])),
        Rule(method: "PUT", path: "/v1/webhook-endpoints/{id}", need: .anyOf([.admin])),
        Rule(method: "DELETE", path: "/v1/webhook-endpoints/{id}", need: .anyOf([.admin])),
    ]

    // Limits are the platform's to set: the call also asks whether the credential is one of all tenants.
    private static let tenants: [Rule] = [
        Rule(method: "GET", path: "/v1/tenants/{id}/limits", need: .anyOf([.admin, .read])),
        Rule(method: "PUT", path: "/v1/tenants/{id}/limits", need: .anyOf([.admin])),
        Rule(method: "DELETE", path: "/v1/tenants/{id}/limits", need: .anyOf([.admin])),
        Rule(method: "GET", path: "/v1/tenants/{id}/usage", need: .anyOf([.admin, .read])),
    ]

    // A schema binds who publishes and who subscribes: who registers may do both.
    private static let eventTypes: [Rule] = [
        Rule(method: "POST", path: "/v1/event-types", need: .allOf([.publish, .subscribe])),
        Rule(method: "GET", path: "/v1/event-types", need: .anyOf([.publish, .subscribe, .read])),
        Rule(method: "GET", path: "/v1/event-types/{type}", need: .anyOf([.publish, .subscribe, .read])),
        Rule(method: "PUT", path: "/v1/event-types/{type}", need: .allOf([.publish, .subscribe])),
        Rule(method: "DELETE", path: "/v1/event-types/{type}", need: .allOf([.publish, .subscribe])),
        Rule(method: "GET", path: "/v1/event-types/{type}/versions", need: .anyOf([.publish, .subscribe, .read])),
        Rule(method: "POST", path: "/v1/event-types/{type}/versions", need: .allOf([.publish, .subscribe])),
        Rule(
            method: "GET", path: "/v1/event-types/{type}/versions/{version}",
            need: .anyOf([.publish, .subscribe, .read])),
    ]

    private static let operation: [Rule] = [
        Rule(method: "GET", path: "/v1/openapi.yaml", need: .nothing),
        Rule(method: "GET", path: "/healthz", need: .nothing),
        Rule(method: "GET", path: "/readyz", need: .nothing),
        Rule(method: "GET", path: "/metrics", need: .nothing),
    ]

    private struct Call: Hashable {
        let method: String
        let path: String
    }

    private static let needs = Dictionary(
        rules.map { (Call(method: $0.method, path: $0.path), $0.need) }, uniquingKeysWith: { first, _ in first })

    /// What a call needs; nil where the table does not have it.
    /// - Parameter path: the template, not the path of one request.
    public static func need(method: String, path: String) -> AccessNeed? {
        self.needs[Call(method: method == "HEAD" ? "GET" : method, path: path)]
    }
}
