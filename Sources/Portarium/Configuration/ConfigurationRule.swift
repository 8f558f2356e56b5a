/// What must hold between two settings.
struct ConfigurationRule: Sendable {
    /// The settings it speaks of; a breach is shown at the one that was set.
    let keys: [String]
    /// One sentence with the mend.
    let message: String
    /// Whether it can only be judged where every source of settings is known, and not from a file alone.
    var needsAllSources = false
    let holds: @Sendable (RouterConfiguration) -> Bool

    /// All of them.
    static let all: [ConfigurationRule] =
        Self.general + Self.auth + Self.kafka + Self.objectStore + Self.sinkTrust + Self.webhooks + Self.tenants
        + Self.tracing

    private static let general: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["server.inFlightBytesMax", "server.bodyBytesMax"],
            message: "server.inFlightBytesMax must not be less than server.bodyBytesMax: a large body would never fit",
            holds: { $0.server.inFlightBytesMax >= $0.server.bodyBytesMax }),
        ConfigurationRule(
            keys: ["server.bodyTimeoutMaxMilliseconds", "server.bodyTimeoutMilliseconds"],
            message: "server.bodyTimeoutMaxMilliseconds must not be less than server.bodyTimeoutMilliseconds",
            holds: { $0.server.bodyTimeoutMaxMilliseconds >= $0.server.bodyTimeoutMilliseconds }),
        ConfigurationRule(
            keys: ["limits.eventBytesMax", "server.bodyBytesMax"],
            message:
                "limits.eventBytesMax must not be more than server.bodyBytesMax: no request could carry such an event",
            holds: { $0.limits.eventBytesMax <= $0.server.bodyBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.windowBytesMax", "limits.eventBytesMax"],
            message:
                "dispatch.windowBytesMax must not be less than limits.eventBytesMax: a large event would never be sent",
            holds: { $0.dispatch.windowBytesMax >= $0.limits.eventBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.heldBytesMax", "dispatch.windowBytesMax"],
            message: "dispatch.heldBytesMax must not be less than dispatch.windowBytesMax",
            holds: { $0.dispatch.heldBytesMax >= $0.dispatch.windowBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.circuitOpenDelayMinMilliseconds", "dispatch.circuitOpenDelayMaxMilliseconds"],
            message: "dispatch.circuitOpenDelayMinMilliseconds must not be more than "
                + "dispatch.circuitOpenDelayMaxMilliseconds",
            holds: { $0.dispatch.circuitOpenDelayMinMilliseconds <= $0.dispatch.circuitOpenDelayMaxMilliseconds }),
        ConfigurationRule(
            keys: ["log.appendQueueBytesMax", "limits.eventBytesMax"],
            message:
                "log.appendQueueBytesMax must not be less than limits.eventBytesMax: a large event would never fit",
            holds: { $0.log.appendQueueBytesMax >= $0.limits.eventBytesMax }),
        ConfigurationRule(
            keys: ["limits.batchEventsMax", "log.appendQueueRecordsMax"],
            message:
                "limits.batchEventsMax must not be more than log.appendQueueRecordsMax: a large batch would never fit",
            holds: { $0.limits.batchEventsMax <= $0.log.appendQueueRecordsMax }),
        ConfigurationRule(
            keys: ["sink.connectionsPerDestinationMax", "dispatch.inFlightPerDestinationMax"],
            message: "sink.connectionsPerDestinationMax must not be less than dispatch.inFlightPerDestinationMax: "
                + "attempts would use up their time in waiting for a connection",
            holds: { $0.sink.connectionsPerDestinationMax >= $0.dispatch.inFlightPerDestinationMax }),
        ConfigurationRule(
            keys: ["log.fileBytesMax"],
            message: "log.fileBytesMax must be 0, or 1048576 or more",
            holds: { $0.log.fileBytesMax == 0 || $0.log.fileBytesMax >= 1_048_576 }),
        ConfigurationRule(
            keys: ["log.sinkTopics", "log.defaultTopic", "routes"],
            message: "log.sinkTopics must name no topic that events are routed to, and none of the router's own",
            holds: { configuration in
                let topics = configuration.routes.map(\.topic) + TopicRoute.reservedTopics
                return configuration.log.sinkTopics.allSatisfy { sink in
                    sink.topic != configuration.log.defaultTopic && !topics.contains(sink.topic)
                }
            }),
        ConfigurationRule(
            keys: ["log.topicPrefix", "log.defaultTopic", "log.sinkTopics", "routes"],
            message:
                "log.topicPrefix is too long: with a dot and the longest topic it must have 249 characters at most",
            holds: { configuration in
                let topics =
                    configuration.routes.map(\.topic) + TopicRoute.reservedTopics
                    + configuration.log.sinkTopics.map(\.topic)
                let longest = (topics + [configuration.log.defaultTopic]).map(\.utf8.count).max() ?? 0
                return configuration.log.topicPrefix.utf8.count + 1 + longest <= 249
            }),
    ]

    /// A setting for a topic that no event goes to: which setting, which of its elements, and what to say.
    static func unroutedTopics(_ configuration: RouterConfiguration) -> [(key: String, index: Int, message: String)] {
        let known = Set(
            configuration.routes.map(\.topic) + configuration.log.sinkTopics.map(\.topic)
                + [configuration.log.defaultTopic])
        let settings: [(String, [TopicSetting])] = [
            ("log.topicPartitions", configuration.log.topicPartitions),
            ("log.topicRetentionAgeSeconds", configuration.log.topicRetentionAgeSeconds),
            ("log.topicRetentionBytesPerPartitionMax", configuration.log.topicRetentionBytesPerPartitionMax),
        ]
        return settings.flatMap { key, elements in
            elements.enumerated().filter { !known.contains($0.element.topic) }.map { index, setting in
                let hint = Spelling.nearest(to: setting.topic, in: known.sorted()).map { "; did you mean '\($0)'?" }
                return (key, index, "\(key) names '\(setting.topic)', a topic that no route has" + (hint ?? ""))
            }
        }
    }
}
