import NetworkGuard

/// Everything `portarium serve` can be told, with the value each setting has when nobody says anything.
///
/// Plain values: how they are read is ``RouterConfigurationReader``'s business, what they are called and may be is
/// ``ConfigurationKey``'s. The ranges in the comments are those of the table; a value of this type that came out of the
/// reader keeps them.
struct RouterConfiguration: Sendable, Hashable {
    var server = Server()
    var auth = Auth()
    var log = Log()
    var kafka = Kafka()
    var objectStore = ObjectStore()
    /// Which topic an event goes to: the first route whose prefix its type starts with, else ``Log/defaultTopic``.
    var routes: [TopicRoute] = TopicRoute.standard
    var limits = Limits()
    var tenants = Tenants()
    var dispatch = Dispatch()
    var sink = Sink()
    var webhooks = Webhooks()
    var eventTypes = EventTypes()
    var secrets = Secrets()
    var observability = Observability()
    var tracing = Tracing()
}

extension RouterConfiguration {
    /// The HTTP surface.
    struct Server: Sendable, Hashable {
        /// What this process does, one role at least. Default all.
        var roles = RouterRole.allCases
        /// The address to listen on. Default `127.0.0.1`: without keys the router trusts everyone who reaches it.
        var listenHost = "127.0.0.1"
        /// `0...65535`, 0 takes a free one. Default 8080.
        var listenPort = 8_080
        /// Connections open at once, `1...1000000`; further ones wait. Default 10,000.
        var connectionsMax = 10_000
        /// Bytes of a request's body, `1024...1073741824`. Default 8 MiB.
        var bodyBytesMax = 8_388_608
        /// Bytes of a request's line and headers, `1024...1048576`. Default 64 KiB.
        var headBytesMax = 65_536
        /// Headers of a request, `16...10000`. Default 1,000.
        var headersMax = 1_000
        /// How long a client may take for the head of a request, `1...600000`. Default 10 s.
        var headTimeoutMilliseconds = 10_000
        /// How long a client may take for a body before it must keep to ``bodyBytesPerSecondMin``, `1...3600000`.
        /// Default 20 s.
        var bodyTimeoutMilliseconds = 20_000
        /// How long a client may take for a body in any case, `1...3600000`. Default 120 s.
        var bodyTimeoutMaxMilliseconds = 120_000
        /// How fast a slow body must come, `1...1073741824`. Default 10,000.
        var bodyBytesPerSecondMin = 10_000
        /// How long an idle connection is kept, `1...3600000`. Default 75 s.
        var idleTimeoutMilliseconds = 75_000
        /// How long a client may not take its answer, `1...3600000`. Default 30 s.
        var answerStallTimeoutMilliseconds = 30_000
        /// How long complete requests may take once the router stops, `1...600000`. Default 5 s.
        var stopTimeoutMilliseconds = 5_000
        /// Bytes of bodies held at once, `1024...`. Default 256 MiB.
        var inFlightBytesMax = 268_435_456
        /// Requests with a body held at once, `1...1000000`. Default 4,096.
        var inFlightRequestsMax = 4_096
        /// Open event streams, `1...100000`. Default 1,024.
        var streamsMax = 1_024
        /// Open event streams of one tenant, `1...100000`. Default 64.
        var streamsPerTenantMax = 64
        /// Whose events they are, where a request without a key names no tenant. Default `default`.
        var defaultTenant = "default"
    }

    /// The log: topics and bounds, and the files of the embedded one.
    struct Log: Sendable, Hashable {
        /// Default `portarium-data`, relative to the working directory.
        var dataDirectory = "portarium-data"
        /// What every topic's name begins with, followed by a dot. Default `portarium`.
        var topicPrefix = "portarium"
        /// Where events go that no route names. Default `events`.
        var defaultTopic = "events"
        /// Partitions of a topic, `1...1024`. Default 8.
        var partitions = 8
        /// 0 keeps records for ever, `0...3153600000`. Default 7 days.
        var retentionAgeSeconds = 604_800
        /// Bytes a partition keeps, 0 is no limit, `0...`. Default 0.
        var retentionBytesPerPartitionMax = 0
        /// Exceptions from ``partitions`` by topic, each `1...1024`.
        var topicPartitions: [TopicSetting] = []
        /// Topics that subscriptions may have as their sinks and no events are routed to, with their partitions, each
        /// `1...1024`.
        var sinkTopics: [TopicSetting] = []
        /// Exceptions from ``retentionAgeSeconds`` by topic.
        var topicRetentionAgeSeconds: [TopicSetting] = []
        /// Exceptions from ``retentionBytesPerPartitionMax`` by topic.
        var topicRetentionBytesPerPartitionMax: [TopicSetting] = []
        /// 0 keeps dead letters and invalid messages for ever, `0...3153600000`. Default 30 days.
        var deadLetterRetentionAgeSeconds = 2_592_000
        /// Bytes of dead letters, and of invalid messages; 0 is no limit, `0...`. Default 0.
        var deadLetterRetentionBytesMax = 0
        /// Records that wait to be written, `1...10000000`. Default 100,000.
        var appendQueueRecordsMax = 100_000
        /// Bytes that wait to be written, `65536...4294967296`. Default 64 MiB.
        var appendQueueBytesMax = 67_108_864
        /// The size the log's file may reach, 0 is the disk's, `0, 1048576...`. Default 0.
        var fileBytesMax = 0
        /// How often old records are looked for, `1...86400`. Default 60 s.
        var retentionSweepSeconds = 60
        /// Whether events are indexed by id and correlation id. Default on.
        var index = true
        /// How often the index looks for new events when it is up with the log, `10...3600000`. Default 1 s.
        var indexIntervalMilliseconds = 1_000
    }

    /// What one event and one batch may be.
    struct Limits: Sendable, Hashable {
        /// Attributes of one event as it is sent, `4...9990`: with what the router adds to it, it stays readable.
        /// Default 100.
        var attributesMax = 100
        /// Bytes of one attribute's name, `1...255`. Default 64.
        var attributeNameBytesMax = 64
        /// Bytes of one attribute's value, `64...1048576`. Default 64 KiB.
        var attributeValueBytesMax = 65_536
        /// Bytes of one event, attributes and data together, `1024...15728640`. Default 1 MiB.
        var eventBytesMax = 1_048_576
        /// Events of one batch, `1...1000000`. Default 10,000.
        var batchEventsMax = 10_000
        /// Arrays and objects inside one another in JSON data, `1...100000`. Default 512.
        var jsonNestingMax = 512
    }

    /// Delivery.
    struct Dispatch: Sendable, Hashable {
        /// Events of one subscription that are read and not yet settled, `16...8192`: their list is stored with its
        /// position. Default 4,096.
        var windowEventsMax = 4_096
        /// Their bytes, `65536...1073741824`. Default 8 MiB.
        var windowBytesMax = 8_388_608
        /// Bytes of unsettled events of all subscriptions, `1048576...68719476736`. Default 256 MiB.
        var heldBytesMax = 268_435_456
        /// Requests in flight in all, `1...65536`. Default 4,096.
        var inFlightMax = 4_096
        /// Requests in flight to one host and port, `1...65535`. Default 256.
        var inFlightPerDestinationMax = 256
        /// Requests in flight for one tenant, `1...65536`. Default 1,024.
        var inFlightPerTenantMax = 1_024
        /// How often positions are stored, which bounds what a crash sends twice, `10...60000`. Default 1 s.
        var commitIntervalMilliseconds = 1_000
        /// Subscriptions that catch up at the same time, `1...64`. Default 8.
        var catchUpWorkersMax = 8
        /// Failures in a row that open a destination's circuit, `1...10000`. Default 50.
        var circuitFailureThreshold = 50
        /// How long a circuit is open at first, `10...3600000`. Default 1 s.
        var circuitOpenDelayMinMilliseconds = 1_000
        /// How long it is open at most, `10...3600000`. Default 60 s.
        var circuitOpenDelayMaxMilliseconds = 60_000
        /// How long a subscription may only fail before it is suspended, 0 is never, `0...31536000`. Default 3 days.
        var suspendAfterSeconds = 259_200
        /// How long a shutdown waits for what is in flight, `0...3600000`. Default 20 s.
        var drainTimeoutMilliseconds = 20_000
        /// How long what is in flight of a partition that goes to another replica is waited for, `0...250000`.
        /// Default 10 s.
        var revokeTimeoutMilliseconds = 10_000
        /// Shares of tenants that are not 1, each `1...1000`.
        var tenantWeights: [TenantWeight] = []
        /// Replays of one tenant that have not ended, `1...10000`. Default 20.
        var replaysPerTenantMax = 20
        /// Replays that are counted at the same time, `1...64`. Default 4.
        var replayCountersMax = 4
        /// How long a replay that has ended is remembered, `0...31536000`. Default 7 days.
        var replayRetentionSeconds = 604_800
        /// Ended replays of one tenant that are remembered, `0...100000`. Default 1,000.
        var endedReplaysPerTenantMax = 1_000
    }

    /// Requests that the router sends.
    struct Sink: Sendable, Hashable {
        /// `1...60000`. Default 5 s.
        var connectTimeoutMilliseconds = 5_000
        /// Of all tenants together, `1...65535`, no less than ``Dispatch/inFlightPerDestinationMax``, which is for each
        /// tenant. Default 1,024.
        var connectionsPerDestinationMax = 1_024
        /// Attempts a second to one host and port, of all tenants together; 0 is no limit, `0...1000000`. Default 0.
        var attemptsPerSecondMax = 0
        /// Exceptions from it, each destination once.
        var destinationRates: [DestinationRate] = []
        /// What is read of an answer, `0...16777216`. Default 64 KiB.
        var responseBytesMax = 65_536
        /// Networks that sinks may be in beside the public one. Default: ``AllowedNetworks/automatic`` alone.
        var allowedNetworks = AllowedNetworks.automatic
        /// Hosts of sinks that may also have loopback, private and carrier addresses, lower-case. Default none.
        var allowedHosts: [String] = []
        /// How long a resolver's answer about a sink's name holds, connections apart, `100...3600000`. Default 30 s.
        var addressCheckIntervalMilliseconds = 30_000
        /// Where files with `Authorization` values are, `TENANT/NAME`. Default none.
        var authorizationDirectory = ""
        /// How long what such a file says is used, `100...3600000`. Default 5 s.
        var authorizationReadIntervalMilliseconds = 5_000
        /// What `WebHook-Request-Origin` says. Default `portarium`.
        var requestOrigin = "portarium"
        /// How long a sink that does not allow deliveries is left alone, `1...86400`. Default 5 minutes.
        var handshakeIntervalSeconds = 300
        /// What is shown to sinks that ask for a certificate, in PEM. Default none.
        var clientCertificateFile = ""
        /// The key of ``clientCertificateFile``, in PEM. Default: it is in the same file.
        var clientKeyFile = ""
        /// Whom the router believes beside those that the system does, in PEM. Default none.
        var authorityFile = ""
    }

    /// What people and machines see of the router's work.
    struct Observability: Sendable, Hashable {
        /// Default ``LogLevel/info``.
        var logLevel = LogLevel.info
        /// Default ``LogFormat/auto``.
        var logFormat = LogFormat.auto
        /// Whether attempts are recorded for `portarium trace`. Default on.
        var attemptHistory = true
    }
}
