import CloudEvents
import Delivery
import EmbeddedEventLog
import EventDispatch
import EventLog
import HTTPEventSink
import HTTPServing
import Ingress
import NetworkGuard
import RouterAPI

/// What each room gets of the settings.
extension RouterConfiguration {
    /// How long events are kept; nil: for ever.
    var retentionAge: Duration? {
        self.log.retentionAgeSeconds > 0 ? .seconds(self.log.retentionAgeSeconds) : nil
    }

    /// How long dead letters are kept; nil: for ever.
    var deadLetterRetentionAge: Duration? {
        self.log.deadLetterRetentionAgeSeconds > 0 ? .seconds(self.log.deadLetterRetentionAgeSeconds) : nil
    }

    /// Bytes of dead letters that are kept; nil: no limit.
    var deadLetterRetentionBytesMax: Int64? {
        self.log.deadLetterRetentionBytesMax > 0 ? Int64(self.log.deadLetterRetentionBytesMax) : nil
    }

    var serving: ServingConfiguration {
        var serving = ServingConfiguration()
        serving.host = self.server.listenHost
        serving.port = self.server.listenPort
        serving.connectionsMax = self.server.connectionsMax
        serving.bodyBytesMax = self.server.bodyBytesMax
        serving.requestHeadBytesMax = self.server.headBytesMax
        serving.requestHeadersMax = self.server.headersMax
        serving.requestHeadTimeout = .milliseconds(self.server.headTimeoutMilliseconds)
        serving.bodyTimeout = .milliseconds(self.server.bodyTimeoutMilliseconds)
        serving.bodyTimeoutMax = .milliseconds(self.server.bodyTimeoutMaxMilliseconds)
        serving.bodyBytesPerSecondMin = self.server.bodyBytesPerSecondMin
        serving.idleTimeout = .milliseconds(self.server.idleTimeoutMilliseconds)
        serving.answerStallTimeout = .milliseconds(self.server.answerStallTimeoutMilliseconds)
        serving.stopTimeout = .milliseconds(self.server.stopTimeoutMilliseconds)
        serving.inFlightBytesMax = self.server.inFlightBytesMax
        serving.inFlightRequestsMax = self.server.inFlightRequestsMax
        serving.defaultTenant = self.server.defaultTenant
        return serving
    }

    var routerAPI: RouterAPIConfiguration {
        var api = RouterAPIConfiguration()
        api.streamsMax = self.server.streamsMax
        api.streamsPerTenantMax = self.server.streamsPerTenantMax
        api.networkPolicy = self.networkPolicy
        if !self.webhooks.publicURL.isEmpty { api.webhookPublicURL = self.webhooks.publicURL }
        return api
    }

    var eventLimits: CloudEventLimits {
        var limits = CloudEventLimits()
        limits.attributesMax = self.limits.attributesMax
        limits.attributeNameBytesMax = self.limits.attributeNameBytesMax
        limits.attributeValueBytesMax = self.limits.attributeValueBytesMax
        limits.eventBytesMax = self.eventBytesMax
        limits.batchEventsMax = self.limits.batchEventsMax
        limits.jsonNestingMax = self.limits.jsonNestingMax
        return limits
    }

    /// Bytes of one event: on Kafka its record must be one that the brokers take.
    var eventBytesMax: Int {
        guard self.isOnKafka else { return self.limits.eventBytesMax }
        return min(
            self.limits.eventBytesMax, self.kafka.recordBytesMax - ConfigurationRule.kafkaRecordHeadroomBytes)
    }

    var eventLog: EmbeddedEventLogConfiguration {
        var log = EmbeddedEventLogConfiguration(directory: self.log.dataDirectory)
        log.appendQueueRecordsMax = self.log.appendQueueRecordsMax
        log.appendQueueBytesMax = self.log.appendQueueBytesMax
        log.fileBytesMax = self.log.fileBytesMax > 0 ? Int64(self.log.fileBytesMax) : nil
        log.isIndexed = self.log.index
        log.indexInterval = .milliseconds(self.log.indexIntervalMilliseconds)
        return log
    }

    var eventSink: HTTPEventSinkConfiguration {
        var sink = HTTPEventSinkConfiguration()
        sink.version = PortariumVersion.current
        sink.connectTimeoutMilliseconds = Int64(self.sink.connectTimeoutMilliseconds)
        sink.connectionsPerDestinationMax = self.sink.connectionsPerDestinationMax
        sink.responseBodyBytesMax = self.sink.responseBytesMax
        sink.networkPolicy = self.networkPolicy
        sink.addressCheckIntervalMilliseconds = Int64(self.sink.addressCheckIntervalMilliseconds)
        if !self.sink.authorizationDirectory.isEmpty { sink.authorizationDirectory = self.sink.authorizationDirectory }
        sink.authorizationReadIntervalMilliseconds = Int64(self.sink.authorizationReadIntervalMilliseconds)
        sink.requestOrigin = self.sink.requestOrigin
        return sink
    }

    /// What sinks are shown, and who is believed; nil where nothing is said of it.
    /// - Throws: ``CommandFailure`` where a file cannot be used.
    func sinkCertificates() throws -> SinkCertificates? {
        func named(_ file: String) -> String? { file.isEmpty ? nil : file }
        let sink = self.sink
        guard !sink.clientCertificateFile.isEmpty || !sink.authorityFile.isEmpty else { return nil }
        do throws(SinkCertificateError) {
            return try SinkCertificates(
                certificateFile: named(sink.clientCertificateFile), keyFile: named(sink.clientKeyFile),
                authorityFile: named(sink.authorityFile))
        } catch {
            throw CommandFailure(.failed, "the certificates for sinks cannot be used: \(error)")
        }
    }

    /// Where sinks may be.
    var networkPolicy: NetworkPolicy {
        NetworkPolicy(
            allowedNetworks: (self.allowsLoopbackSinks ? IPNetwork.loopback : [])
                + self.sink.allowedNetworks.networks,
            allowedHosts: Set(self.sink.allowedHosts))
    }

    /// Whether sinks may be on loopback because only who is there too can reach the router.
    var allowsLoopbackSinks: Bool {
        self.sink.allowedNetworks.isAutomatic && NetworkPolicy.isLoopback(host: self.server.listenHost)
    }

    func routingTable() throws -> RoutingTable {
        let prefix = self.log.topicPrefix + "."
        return RoutingTable(
            entries: try self.routes.map {
                RoutingTable.Entry(typePrefix: $0.typePrefix, topic: try Topic(validating: prefix + $0.topic))
            },
            defaultTopic: try Topic(validating: prefix + self.log.defaultTopic))
    }

    func topicSpecifications(_ routing: RoutingTable) -> [TopicSpecification] {
        let prefix = self.log.topicPrefix + "."
        func setting(_ settings: [TopicSetting], _ topic: Topic) -> Int? {
            settings.first { prefix + $0.topic == topic.name }?.value
        }
        let sinks = self.log.sinkTopics.map { Topic(prefix + $0.topic) }
        return (routing.topics + sinks).map { topic in
            let age = setting(self.log.topicRetentionAgeSeconds, topic) ?? self.log.retentionAgeSeconds
            let bytes =
                setting(self.log.topicRetentionBytesPerPartitionMax, topic) ?? self.log.retentionBytesPerPartitionMax
            return TopicSpecification(
                topic: topic,
                partitions: setting(self.log.topicPartitions + self.log.sinkTopics, topic) ?? self.log.partitions,
                retentionAge: age > 0 ? .seconds(age) : nil, retentionBytesMax: bytes > 0 ? Int64(bytes) : nil)
        }
    }

    /// Every topic that the router works with: those of events, then its own.
    func allTopics(_ routing: RoutingTable) -> [TopicSpecification] {
        var topics =
            self.topicSpecifications(routing)
            + self.dispatchConfiguration(eventTopics: routing.topics).internalTopics(
                attemptRetentionAge: self.retentionAge, deadLetterRetentionAge: self.deadLetterRetentionAge,
                deadLetterRetentionBytesMax: self.deadLetterRetentionBytesMax)
            + self.webhookService.topics + self.eventTypeService.topics
        guard self.isOnKafka, self.kafka.replicationFactor > 0 else { return topics }
        for index in topics.indices { topics[index].replicas = self.kafka.replicationFactor }
        return topics
    }

    func dispatchConfiguration(eventTopics: [Topic]) -> DispatchConfiguration {
        var dispatch = DispatchConfiguration(eventTopics: eventTopics)
        let prefix = self.log.topicPrefix
        dispatch.topicPrefix = prefix
        dispatch.otherServicesTopics = Set(TopicRoute.reservedTopics.map { Topic("\(prefix).\($0)") })
        dispatch.deadLetterTopic = Topic("\(prefix).dead-letters")
        dispatch.redriveTopic = Topic("\(prefix).redrives")
        dispatch.subscriptionTopic = Topic("\(prefix).subscriptions")
        dispatch.replayTopic = Topic("\(prefix).replays")
        dispatch.attemptTopic = Topic("\(prefix).attempts")
        dispatch.keyTopic = Topic("\(prefix).keys")
        dispatch.tenantLimitTopic = Topic("\(prefix).tenant-limits")
        dispatch.invalidMessageTopic = Topic("\(prefix).invalid-messages")
        dispatch.limits.windowEventsMax = self.dispatch.windowEventsMax
        dispatch.limits.windowBytesMax = self.dispatch.windowBytesMax
        dispatch.limits.heldBytesMax = self.dispatch.heldBytesMax
        dispatch.limits.inFlightMax = self.dispatch.inFlightMax
        dispatch.limits.inFlightPerDestinationMax = self.dispatch.inFlightPerDestinationMax
        dispatch.limits.inFlightPerHostMax = self.sink.connectionsPerDestinationMax
        if self.sink.attemptsPerSecondMax > 0 { dispatch.limits.ratePerHost = Double(self.sink.attemptsPerSecondMax) }
        for rate in self.sink.destinationRates { dispatch.limits.hostRates[rate.origin] = Double(rate.perSecond) }
        dispatch.limits.inFlightPerTenantMax = self.dispatch.inFlightPerTenantMax
        dispatch.limits.catchUpFetchesMax = self.dispatch.catchUpWorkersMax
        dispatch.limits.circuitFailuresMax = self.dispatch.circuitFailureThreshold
        dispatch.limits.circuitOpenMillisecondsMin = Int64(self.dispatch.circuitOpenDelayMinMilliseconds)
        dispatch.limits.circuitOpenMillisecondsMax = Int64(self.dispatch.circuitOpenDelayMaxMilliseconds)
        dispatch.limits.suspendAfterMilliseconds = Int64(self.dispatch.suspendAfterSeconds) * 1_000
        dispatch.commitIntervalMilliseconds = Int64(self.dispatch.commitIntervalMilliseconds)
        dispatch.drainTimeoutMilliseconds = Int64(self.dispatch.drainTimeoutMilliseconds)
        dispatch.revokeTimeoutMilliseconds = Int64(self.dispatch.revokeTimeoutMilliseconds)
        // What Kafka's brokers take with a position, unless they are told otherwise.
        if self.isOnKafka { dispatch.limits.cursorMetadataBytesMax = 4_096 }
        dispatch.subscriptionsPerTenantMax = self.tenants.subscriptionsMax
        dispatch.replaysPerTenantMax = self.dispatch.replaysPerTenantMax
        dispatch.replayCountersMax = self.dispatch.replayCountersMax
        dispatch.replayRetentionMilliseconds = Int64(self.dispatch.replayRetentionSeconds) * 1_000
        dispatch.endedReplaysPerTenantMax = self.dispatch.endedReplaysPerTenantMax
        dispatch.tenantWeights = Dictionary(self.dispatch.tenantWeights.map { ($0.tenant, $0.weight) }) { $1 }
        dispatch.handshakeIntervalMilliseconds = Int64(self.sink.handshakeIntervalSeconds) * 1_000
        dispatch.recordsAttempts = self.observability.attemptHistory
        return dispatch
    }
}
