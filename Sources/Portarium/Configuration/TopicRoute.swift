/// One line of the routing table: events whose type starts with `typePrefix` go to `topic`.
struct TopicRoute: Sendable, Hashable {
    /// 1 or more characters.
    var typePrefix: String
    /// The topic without the common prefix (``RouterConfiguration/Log/topicPrefix``).
    var topic: String

    /// The routing table of an automation platform's events.
    static let standard: [TopicRoute] = [
        TopicRoute(typePrefix: "com.portarium.run.", topic: "runs"),
        TopicRoute(typePrefix: "com.portarium.workflow.", topic: "runs"),
        TopicRoute(typePrefix: "com.portarium.approval.", topic: "approvals"),
        TopicRoute(typePrefix: "com.portarium.action.", topic: "actions"),
        TopicRoute(typePrefix: "com.portarium.agent.", topic: "agents"),
        TopicRoute(typePrefix: "com.portarium.evidence.", topic: "evidence"),
        TopicRoute(typePrefix: "com.portarium.deployment.", topic: "deployments"),
        TopicRoute(typePrefix: "com.portarium.webhook.", topic: "webhooks"),
        TopicRoute(typePrefix: "com.portarium.workitem.", topic: "work"),
        TopicRoute(typePrefix: "com.portarium.humantask.", topic: "work"),
    ]
}
