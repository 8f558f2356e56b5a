extension ConfigurationKey {
    /// Every setting, in the order of the documentation.
    static let table: [ConfigurationKey] =
        Self.server + Self.auth + Self.log + Self.kafka + Self.objectStore + Self.routing + Self.limits + Self.tenants
        + Self.dispatch + Self.sink + Self.sinkTrust + Self.webhooks + Self.eventTypes + Self.observability
        + Self.tracing

    static func integer(
        _ name: String, _ path: any WritableKeyPath<RouterConfiguration, Int> & Sendable, _ range: ClosedRange<Int>,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: name.split(separator: ".").map(String.init), form: .integer(range, path), meaning: meaning)
    }

    static func text(
        _ name: String, _ path: any WritableKeyPath<RouterConfiguration, String> & Sendable, _ rule: TextRule,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(path: name.split(separator: ".").map(String.init), form: .text(rule, path), meaning: meaning)
    }

    static func secret(
        _ name: String, _ path: any WritableKeyPath<RouterConfiguration, Secret> & Sendable, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(path: name.split(separator: ".").map(String.init), form: .secret(path), meaning: meaning)
    }

    private static let server: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["server", "roles"], form: .list(.roles),
            meaning: "What this process does: take events, deliver them, answer the calls that manage and ask."),
        .text("server.listenHost", \.server.listenHost, .filled, "The address to listen on."),
        .integer("server.listenPort", \.server.listenPort, 0...65_535, "The port to listen on; 0 takes a free one."),
        .integer(
            "server.connectionsMax", \.server.connectionsMax, 1...1_000_000,
            "Connections open at once; further ones wait."),
        .integer("server.bodyBytesMax", \.server.bodyBytesMax, 1_024...1_073_741_824, "Bytes of one request's body."),
        .integer(
            "server.headBytesMax", \.server.headBytesMax, 1_024...1_048_576,
            "Bytes of one request's line and headers."),
        .integer("server.headersMax", \.server.headersMax, 16...10_000, "Headers of one request."),
        .integer(
            "server.headTimeoutMilliseconds", \.server.headTimeoutMilliseconds, 1...600_000,
            "How long a client may take to send the head of a request."),
        .integer(
            "server.bodyTimeoutMilliseconds", \.server.bodyTimeoutMilliseconds, 1...3_600_000,
            "How long a client may take to send a body before it must keep to `server.bodyBytesPerSecondMin`."),
        .integer(
            "server.bodyTimeoutMaxMilliseconds", \.server.bodyTimeoutMaxMilliseconds, 1...3_600_000,
            "How long a client may take to send a body in any case."),
        .integer(
            "server.bodyBytesPerSecondMin", \.server.bodyBytesPerSecondMin, 1...1_073_741_824,
            "How fast a slow body must come."),
        .integer(
            "server.idleTimeoutMilliseconds", \.server.idleTimeoutMilliseconds, 1...3_600_000,
            "How long a connection without a request is kept."),
        .integer(
            "server.answerStallTimeoutMilliseconds", \.server.answerStallTimeoutMilliseconds, 1...3_600_000,
            "How long a client may leave its answer untaken."),
        .integer(
            "server.stopTimeoutMilliseconds", \.server.stopTimeoutMilliseconds, 1...600_000,
            "How long complete requests may take once the router stops; incomplete ones are cut off at once."),
        .integer(
            "server.inFlightBytesMax", \.server.inFlightBytesMax, 1_024...Int.max,
            "Bytes of all request bodies held at once; more are answered with 503."),
        .integer(
            "server.inFlightRequestsMax", \.server.inFlightRequestsMax, 1...1_000_000,
            "Requests with a body held at once; more are answered with 503."),
        .integer("server.streamsMax", \.server.streamsMax, 1...100_000, "Event streams open at once."),
        .integer(
            "server.streamsPerTenantMax", \.server.streamsPerTenantMax, 1...100_000,
            "Event streams of one tenant open at once."),
        .text(
            "server.defaultTenant", \.server.defaultTenant, .tenant,
            "The tenant of a request without `X-Tenant-Id`, where there are no keys or its key is one of all tenants."),
    ]

    private static let log: [ConfigurationKey] = [
        .text(
            "log.dataDirectory", \.log.dataDirectory, .filled,
            "Where the embedded log keeps its files; on Kafka only `index.db` and `spool`."),
        .text("log.topicPrefix", \.log.topicPrefix, .topic, "What the name of every topic begins with, before a dot."),
        .text(
            "log.defaultTopic", \.log.defaultTopic, .eventTopic,
            "The topic of events that no route names, without the prefix."),
        .integer("log.partitions", \.log.partitions, 1...1_024, "Partitions of a new topic."),
        .integer(
            "log.retentionAgeSeconds", \.log.retentionAgeSeconds, 0...3_153_600_000,
            "How long events are kept; 0 is for ever."),
        .integer(
            "log.retentionBytesPerPartitionMax", \.log.retentionBytesPerPartitionMax, 0...Int.max,
            "Bytes a partition keeps at most before the oldest events go; 0 is no limit."),
        ConfigurationKey(
            path: ["log", "topicPartitions"], form: .list(.topicSettings(1...1_024, \.log.topicPartitions)),
            meaning: "Exceptions from `log.partitions`, topics without the prefix."),
        ConfigurationKey(
            path: ["log", "sinkTopics"], form: .list(.topicSettings(1...1_024, \.log.sinkTopics)),
            meaning: "Topics without the prefix, and their partitions, that are made for subscriptions with a sink of "
                + "`kafka:TOPIC`; no events are routed there."),
        ConfigurationKey(
            path: ["log", "topicRetentionAgeSeconds"],
            form: .list(.topicSettings(0...3_153_600_000, \.log.topicRetentionAgeSeconds)),
            meaning: "Exceptions from `log.retentionAgeSeconds`, topics without the prefix."),
        ConfigurationKey(
            path: ["log", "topicRetentionBytesPerPartitionMax"],
            form: .list(.topicSettings(0...Int.max, \.log.topicRetentionBytesPerPartitionMax)),
            meaning: "Exceptions from `log.retentionBytesPerPartitionMax`, topics without the prefix."),
        .integer(
            "log.deadLetterRetentionAgeSeconds", \.log.deadLetterRetentionAgeSeconds, 0...3_153_600_000,
            "How long dead letters and invalid messages are kept; 0 is for ever."),
        .integer(
            "log.deadLetterRetentionBytesMax", \.log.deadLetterRetentionBytesMax, 0...Int.max,
            "Bytes of dead letters, and of invalid messages, kept at most before the oldest go; 0 is no limit. Each "
                + "dead letter also takes some 500 bytes of memory."),
        .integer(
            "log.appendQueueRecordsMax", \.log.appendQueueRecordsMax, 1...10_000_000,
            "Events that wait to be written; more are answered with 503."),
        .integer(
            "log.appendQueueBytesMax", \.log.appendQueueBytesMax, 65_536...4_294_967_296,
            "Bytes that wait to be written; more are answered with 503."),
        .integer(
            "log.fileBytesMax", \.log.fileBytesMax, 0...Int.max,
            "The size the log's file may reach, 1048576 or more; beyond it events are answered with 503. "
                + "0 is the disk's."
        ),
        .integer(
            "log.retentionSweepSeconds", \.log.retentionSweepSeconds, 1...86_400,
            "How often the log looks for events to let go."),
        ConfigurationKey(
            path: ["log", "index"], form: .boolean(\.log.index),
            meaning: "Whether events are indexed by id and correlation id; without it such searches read the log."),
        .integer(
            "log.indexIntervalMilliseconds", \.log.indexIntervalMilliseconds, 10...3_600_000,
            "How often the index looks for new events when it is up with the log; searches see them at once."),
    ]

    private static let routing: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["routes"], form: .list(.routes),
            meaning: "Which topic an event goes to: the first whose prefix its type starts with.")
    ]

    private static let limits: [ConfigurationKey] = [
        .integer("limits.attributesMax", \.limits.attributesMax, 4...9_990, "Attributes of one event."),
        .integer(
            "limits.attributeNameBytesMax", \.limits.attributeNameBytesMax, 1...255, "Bytes of one attribute's name."),
        .integer(
            "limits.attributeValueBytesMax", \.limits.attributeValueBytesMax, 64...1_048_576,
            "Bytes of one attribute's value."),
        .integer(
            "limits.eventBytesMax", \.limits.eventBytesMax, 1_024...15_728_640,
            "Bytes of one event, attributes and data together."),
        .integer("limits.batchEventsMax", \.limits.batchEventsMax, 1...1_000_000, "Events of one batch."),
        .integer(
            "limits.jsonNestingMax", \.limits.jsonNestingMax, 1...100_000,
            "Arrays and objects inside one another in JSON data."),
    ]

    private static let dispatch: [ConfigurationKey] = [
        .integer(
            "dispatch.windowEventsMax", \.dispatch.windowEventsMax, 16...8_192,
            "Events of one subscription that are read and not settled at most; beyond it, it catches up on its own."),
        .integer(
            "dispatch.windowBytesMax", \.dispatch.windowBytesMax, 65_536...1_073_741_824,
            "Bytes of one subscription's unsettled events at most."),
        .integer(
            "dispatch.heldBytesMax", \.dispatch.heldBytesMax, 1_048_576...68_719_476_736,
            "Bytes of all unsettled events in memory at most."),
        .integer("dispatch.inFlightMax", \.dispatch.inFlightMax, 1...65_536, "Requests in flight at most."),
        .integer(
            "dispatch.inFlightPerDestinationMax", \.dispatch.inFlightPerDestinationMax, 1...65_535,
            "Requests in flight to one host and port for one tenant at most."),
        .integer(
            "dispatch.inFlightPerTenantMax", \.dispatch.inFlightPerTenantMax, 1...65_536,
            "Requests in flight for one tenant at most."),
        .integer(
            "dispatch.commitIntervalMilliseconds", \.dispatch.commitIntervalMilliseconds, 10...60_000,
            "How often positions are stored: a crash sends again what was settled since."),
        .integer(
            "dispatch.catchUpWorkersMax", \.dispatch.catchUpWorkersMax, 1...64,
            "Subscriptions that read their own backlog at the same time at most."),
        .integer(
            "dispatch.circuitFailureThreshold", \.dispatch.circuitFailureThreshold, 1...10_000,
            "Failures in a row that open a destination's circuit."),
        .integer(
            "dispatch.circuitOpenDelayMinMilliseconds", \.dispatch.circuitOpenDelayMinMilliseconds, 10...3_600_000,
            "How long a circuit stays open at first; every failed probe doubles it."),
        .integer(
            "dispatch.circuitOpenDelayMaxMilliseconds", \.dispatch.circuitOpenDelayMaxMilliseconds, 10...3_600_000,
            "How long a circuit stays open at most."),
        .integer(
            "dispatch.suspendAfterSeconds", \.dispatch.suspendAfterSeconds, 0...31_536_000,
            "How long a subscription may only fail before it is suspended: at least five times, and never a quarter of "
                + "this without an attempt. 0 is never."),
        .integer(
            "dispatch.drainTimeoutMilliseconds", \.dispatch.drainTimeoutMilliseconds, 0...3_600_000,
            "How long a shutdown waits for what is in flight."),
        .integer(
            "dispatch.revokeTimeoutMilliseconds", \.dispatch.revokeTimeoutMilliseconds, 0...250_000,
            "How long what is in flight of a partition that goes to another replica is waited for."),
        ConfigurationKey(
            path: ["dispatch", "tenantWeights"], form: .list(.tenantWeights),
            meaning: "Shares of tenants in what is sent while not all can be, 1 to 1000; a tenant not named has 1."),
        .integer(
            "dispatch.replaysPerTenantMax", \.dispatch.replaysPerTenantMax, 1...10_000,
            "Replays of one tenant that have not ended; more are answered with 429."),
        .integer(
            "dispatch.replayCountersMax", \.dispatch.replayCountersMax, 1...64,
            "Replays that are counted at the same time, one of a tenant."),
        .integer(
            "dispatch.replayRetentionSeconds", \.dispatch.replayRetentionSeconds, 0...31_536_000,
            "How long a replay that has ended is remembered."),
        .integer(
            "dispatch.endedReplaysPerTenantMax", \.dispatch.endedReplaysPerTenantMax, 0...100_000,
            "Ended replays of one tenant that are remembered; the oldest are forgotten first."),
    ]

    private static let sink: [ConfigurationKey] = [
        .integer(
            "sink.connectTimeoutMilliseconds", \.sink.connectTimeoutMilliseconds, 1...60_000,
            "How long a connection to a sink may take."),
        .integer(
            "sink.connectionsPerDestinationMax", \.sink.connectionsPerDestinationMax, 1...65_535,
            "Attempts in flight, and so connections, to one host and port of all tenants together at most."),
        .integer(
            "sink.attemptsPerSecondMax", \.sink.attemptsPerSecondMax, 0...1_000_000,
            "Attempts a second to one host and port, of all tenants and subscriptions together; 0 is no limit."),
        ConfigurationKey(
            path: ["sink", "destinationRates"], form: .list(.destinationRates),
            meaning: "Exceptions from `sink.attemptsPerSecondMax`, such as https://api.example.com=50."),
        .integer(
            "sink.responseBytesMax", \.sink.responseBytesMax, 0...16_777_216,
            "Bytes that are read of a sink's answer at most."),
        ConfigurationKey(
            path: ["sink", "allowedNetworks"], form: .list(.allowedNetworks),
            meaning: "Networks beside the public one that sinks may be in: addresses, or networks such as 10.0.0.0/8. "
                + "`auto` is loopback as long as the router itself listens on loopback."),
        ConfigurationKey(
            path: ["sink", "allowedHosts"], form: .list(.allowedHosts),
            meaning: "Names of hosts that may also have loopback, private and carrier addresses."),
        .integer(
            "sink.addressCheckIntervalMilliseconds", \.sink.addressCheckIntervalMilliseconds, 100...3_600_000,
            "How often the addresses of a sink's name are looked at beside those of its connections."),
    ]

    private static let observability: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["observability", "logLevel"],
            form: .choice(
                Choice(
                    words: LogLevel.allCases.map(\.rawValue), read: { $0.observability.logLevel.rawValue },
                    write: { word, configuration in
                        if let level = LogLevel(rawValue: word) { configuration.observability.logLevel = level }
                    })),
            meaning: "The least important log lines that are written."),
        ConfigurationKey(
            path: ["observability", "logFormat"],
            form: .choice(
                Choice(
                    words: LogFormat.allCases.map(\.rawValue), read: { $0.observability.logFormat.rawValue },
                    write: { word, configuration in
                        if let format = LogFormat(rawValue: word) { configuration.observability.logFormat = format }
                    })),
            meaning: "How log lines look; `auto` is text on a terminal and JSON elsewhere."),
        ConfigurationKey(
            path: ["observability", "attemptHistory"], form: .boolean(\.observability.attemptHistory),
            meaning: "Whether attempts are recorded for `portarium trace`."),
    ]
}
