import EventLog

extension RoutingTable {
    /// What every topic name of the standard table starts with where nothing else is configured.
    public static let standardTopicPrefix = "portarium."

    /// Aggregates of the platform and the domain that each belongs to.
    private static let domains: [(aggregate: String, domain: String)] = [
        ("run", "runs"), ("workflow", "runs"),
        ("approval", "approvals"),
        ("action", "actions"),
        ("agent", "agents"), ("machine", "agents"), ("robot", "agents"),
        ("evidence", "evidence"),
        ("deployment", "deployments"),
        ("webhook", "webhooks"),
        ("workitem", "work"), ("ticket", "work"), ("humantask", "work"),
    ]

    /// The table that is used where none is configured: `com.portarium.<aggregate>.…` goes to the topic of its domain,
    /// everything else to `<prefix>events`.
    /// - Parameter topicPrefix: ``standardTopicPrefix`` where nothing is said.
    /// - Throws: `EventLogError` with code `invalidTopic` where the prefix makes no topic names.
    public static func standard(
        topicPrefix: String = RoutingTable.standardTopicPrefix
    ) throws(EventLogError) -> RoutingTable {
        var entries: [Entry] = []
        for (aggregate, domain) in self.domains {
            entries.append(
                Entry(
                    typePrefix: "com.portarium.\(aggregate).", topic: try Topic(validating: topicPrefix + domain)))
        }
        return RoutingTable(entries: entries, defaultTopic: try Topic(validating: topicPrefix + "events"))
    }
}
