import KafkaEventLog

/// A setting of librdkafka by its own name.
struct KafkaProperty: Sendable, Hashable {
    var name: String
    /// Some are secrets, so none is shown.
    var value: Secret

    /// What has a setting of the router's own, which then is the only place for it.
    static let ownSettings: [String: String] = [
        "client.id": "kafka.clientId", "group.instance.id": "kafka.instanceId",
        "compression.codec": "kafka.compression", "compression.type": "kafka.compression",
        "linger.ms": "kafka.lingerMilliseconds", "queue.buffering.max.ms": "kafka.lingerMilliseconds",
        "message.max.bytes": "kafka.recordBytesMax",
        "delivery.timeout.ms": "kafka.deliveryTimeoutMilliseconds",
        "message.timeout.ms": "kafka.deliveryTimeoutMilliseconds",
        "queue.buffering.max.messages": "log.appendQueueRecordsMax",
        "queue.buffering.max.kbytes": "log.appendQueueBytesMax",
        "socket.timeout.ms": "kafka.requestTimeoutMilliseconds",
        "heartbeat.interval.ms": "kafka.sessionTimeoutMilliseconds",
        "fetch.message.max.bytes": "kafka.prefetchBytesMax", "max.partition.fetch.bytes": "kafka.prefetchBytesMax",
        "receive.message.max.bytes": "kafka.fetchBytesMax",
        "queued.max.messages.kbytes": "kafka.prefetchBytesMax", "fetch.max.bytes": "kafka.fetchBytesMax",
        "session.timeout.ms": "kafka.sessionTimeoutMilliseconds",
        "request.timeout.ms": "kafka.requestTimeoutMilliseconds",
        "security.protocol": "kafka.tls", "ssl.ca.location": "kafka.tlsAuthorityFile",
        "ssl.certificate.location": "kafka.tlsCertificateFile", "ssl.key.location": "kafka.tlsKeyFile",
        "ssl.key.password": "kafka.tlsKeyPassword",
        "ssl.endpoint.identification.algorithm": "kafka.tlsVerifiesHostname",
        "sasl.mechanism": "kafka.saslMechanism", "sasl.mechanisms": "kafka.saslMechanism",
        "sasl.username": "kafka.saslUser", "sasl.password": "kafka.saslPassword",
        "sasl.oauthbearer.token.endpoint.url": "kafka.oauthTokenEndpoint",
        "sasl.oauthbearer.client.id": "kafka.oauthClientId",
        "sasl.oauthbearer.client.secret": "kafka.oauthClientSecret", "sasl.oauthbearer.scope": "kafka.oauthScope",
    ]

    /// What the router's own way to read needs as it is.
    static let ownValues: Set<String> = ["fetch.wait.max.ms", "fetch.max.wait.ms", "queued.min.messages"]

    /// Why a property may not be set, nil where it may.
    static func fault(ofName name: String) -> String? {
        if KafkaEventLogConfiguration.reservedProperties.contains(name) {
            return "names '\(name)', which the router's promises rest on: leave it out"
        }
        if self.ownValues.contains(name) {
            return "names '\(name)', which the router sets itself: leave it out"
        }
        return self.ownSettings[name].map { "names '\(name)', which has a setting of its own: use \($0)" }
    }
}
