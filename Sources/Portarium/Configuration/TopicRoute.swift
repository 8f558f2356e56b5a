/// One line of the routing table: events whose type starts with `typePrefix` go to `topic`.
struct TopicRoute: Sendable, Hashable {
    /// 1 or more characters.
    var typePrefix: String
    /// The topic without the common prefix (``RouterConfiguration/Log/topicPrefix``).
    var topic: String

    /// The router's own topics, without the common prefix: no event is routed there.
    static let reservedTopics = [
        "attempts", "dead-letters", "event-types", "invalid-messages", "keys", "redrives", "replays", "subscriptions",
        "tenant-limits", "webhook-deliveries", "webhook-endpoints",
    ]

    /// The routing table of an automation platform's events, by aggregate.
    static let standard: [TopicRoute] =
        [
            ("run", "runs"), ("workflow", "runs"),
            ("approval", "approvals"),
            ("action", "actions"),
            ("agent", "agents"), ("machine", "agents"), ("robot", "agents"),
            ("evidence", "evidence"),
            ("deployment", "deployments"),
            ("webhook", "webhooks"),
            ("workitem", "work"), ("ticket", "work"), ("humantask", "work"),
        ].map { aggregate, topic in TopicRoute(typePrefix: "com.portarium.\(aggregate).", topic: topic) }
        + Self.webhookPrefixes.map { TopicRoute(typePrefix: $0, topic: "webhooks") }

    /// How the types begin that webhooks of known providers become.
    private static let webhookPrefixes = [
        "app.linear.", "com.activepieces.", "com.atlassian.", "com.circleci.", "com.gitea.", "com.github.",
        "com.gitlab.",
        "com.pagerduty.", "com.shopify.", "com.slack.", "com.stripe.", "com.twilio.", "com.zammad.", "io.frappe.",
        "org.mautic.",
    ]

    /// Why events cannot be routed to a topic, nil where they can.
    static func fault(ofTopic topic: String) -> String? {
        guard self.reservedTopics.contains(topic) else { return nil }
        return "'\(topic)' is a topic of the router's own: choose another name"
    }
}
