import CRdKafka

/// Settings of one client of librdkafka, by its own names.
struct KafkaSettings: Sendable {
    private(set) var values: [String: String]
    /// What older versions of librdkafka do not know, and can do without.
    private(set) var optional: [String: String] = [:]
    /// Kinds of events that go to the queue instead of a callback (`RD_KAFKA_EVENT_…`).
    private(set) var enabledEvents: Int32 = 0
    /// What becomes of delivery reports. They come by way of a callback: events would keep the records of a whole
    /// answer until all of it was looked at, and free them when no cache has them any more.
    private(set) var reports = KafkaReports.Use.none
    /// What must not be shown to anybody.
    private let secrets: [String]

    /// What all clients share.
    init(_ configuration: KafkaEventLogConfiguration) {
        var values = configuration.properties.filter { name, _ in
            !KafkaEventLogConfiguration.reservedProperties.contains(name)
        }
        values["bootstrap.servers"] = configuration.brokers
        values["client.id"] = configuration.clientID
        values["socket.timeout.ms"] = "\(max(configuration.requestTimeoutMilliseconds, 1_000))"
        let suppositions = [
            "socket.keepalive.enable": "true", "reconnect.backoff.ms": "100", "reconnect.backoff.max.ms": "2000",
            // The brokers close what is idle; that is no news.
            "log.connection.close": "false", "topic.metadata.refresh.interval.ms": "60000",
        ]
        values.merge(suppositions) { given, _ in given }
        self.secrets = Self.secure(&values, configuration.security)
        self.values = values
        // 2.16 was seen beginning anew over and over where no broker lets it in, a thread each time: it answers no call
        // then, and takes a processor. Without it, it tries the brokers that it knows again, as older versions do.
        self.optional["metadata.recovery.strategy"] = "none"
    }

    private static func secure(_ values: inout [String: String], _ security: KafkaSecurity) -> [String] {
        var secrets: [String] = []
        if let tls = security.tls {
            values["ssl.ca.location"] = tls.authorityFile
            values["ssl.certificate.location"] = tls.certificateFile
            values["ssl.key.location"] = tls.keyFile
            values["ssl.key.password"] = tls.keyPassword
            values["ssl.endpoint.identification.algorithm"] = tls.verifiesHostname ? "https" : "none"
            if let password = tls.keyPassword { secrets.append(password) }
        }
        let isEncrypted = security.tls != nil
        guard let authentication = security.authentication else {
            values["security.protocol"] = isEncrypted ? "ssl" : "plaintext"
            return secrets
        }
        values["security.protocol"] = isEncrypted ? "sasl_ssl" : "sasl_plaintext"
        switch authentication {
        case .plain(let user, let password): secrets += Self.log(in: &values, "PLAIN", user, password)
        case .scramSHA256(let user, let password): secrets += Self.log(in: &values, "SCRAM-SHA-256", user, password)
        case .scramSHA512(let user, let password): secrets += Self.log(in: &values, "SCRAM-SHA-512", user, password)
        case .oauthBearer(let endpoint, let clientID, let clientSecret, let scope):
            values["sasl.mechanism"] = "OAUTHBEARER"
            values["sasl.oauthbearer.method"] = "oidc"
            values["sasl.oauthbearer.token.endpoint.url"] = endpoint
            values["sasl.oauthbearer.client.id"] = clientID
            values["sasl.oauthbearer.client.secret"] = clientSecret
            values["sasl.oauthbearer.scope"] = scope
            secrets.append(clientSecret)
        }
        return secrets
    }

    private static func log(
        in values: inout [String: String], _ mechanism: String, _ user: String, _ password: String
    ) -> [String] {
        values["sasl.mechanism"] = mechanism
        values["sasl.username"] = user
        values["sasl.password"] = password
        return [password]
    }

    /// For the client that writes: every record once and in order, acknowledged by all replicas that are in sync.
    static func producer(_ configuration: KafkaEventLogConfiguration) -> Self {
        var settings = Self(configuration)
        settings.values["enable.idempotence"] = "true"
        settings.values["acks"] = "all"
        settings.values["linger.ms"] = "\(configuration.lingerMilliseconds)"
        settings.values["compression.type"] = configuration.compression.rawValue
        settings.values["message.max.bytes"] = "\(Self.requestBytesMax(configuration))"
        settings.values["delivery.timeout.ms"] = "\(configuration.deliveryTimeoutMilliseconds)"
        // The bounds are the writer's own, so that a refusal comes before anything of a call is queued.
        settings.values["queue.buffering.max.messages"] = "0"
        settings.values["queue.buffering.max.kbytes"] = "2147483647"
        settings.reports = .kept
        return settings
    }

    /// For clients that read what they are asked for.
    ///
    /// - Parameter waitMilliseconds: how long a broker may hold a request that nothing has come for. A client has one
    ///   request under way to each broker: what is wanted besides waits for it.
    static func reader(_ configuration: KafkaEventLogConfiguration, waitMilliseconds: Int) -> Self {
        var settings = Self(configuration)
        settings.values["enable.auto.commit"] = "false"
        settings.values["enable.auto.offset.store"] = "false"
        settings.values["enable.partition.eof"] = "true"
        settings.values["auto.offset.reset"] = "error"
        settings.values["isolation.level"] = "read_committed"
        settings.values["allow.auto.create.topics"] = "false"
        // Of use to members alone, but librdkafka holds it against other settings of every client.
        settings.values["session.timeout.ms"] = "\(configuration.sessionTimeoutMilliseconds)"
        settings.values["fetch.wait.max.ms"] = "\(waitMilliseconds)"
        settings.values["fetch.error.backoff.ms"] = "100"
        // A second by default, in which nothing is fetched for who has emptied the queue.
        settings.optional["fetch.queue.backoff.ms"] = "\(Self.fullQueueBackoff)"
        settings.values["queued.min.messages"] = "100000"
        settings.values["queued.max.messages.kbytes"] = "\(max(1, configuration.prefetchBytesMax / 1_024))"
        settings.values["fetch.message.max.bytes"] = "\(configuration.prefetchBytesMax)"
        let fetchBytesMax = max(configuration.fetchBytesMax, configuration.recordBytesMax)
        settings.values["fetch.max.bytes"] = "\(fetchBytesMax)"
        // Of use to writers alone, but librdkafka holds it against the other.
        settings.values["message.max.bytes"] = "\(min(fetchBytesMax, 1_000_000))"
        // What is fetched is bounded above; some brokers do not keep to it, and that must not stop a partition.
        settings.values["receive.message.max.bytes"] = "2147483647"
        return settings
    }

    /// For the client that is a member of the group of replicas.
    static func member(_ configuration: KafkaEventLogConfiguration, group: String) -> Self {
        var settings = Self.reader(configuration, waitMilliseconds: 500)
        settings.values["group.id"] = group
        settings.values["group.instance.id"] = configuration.instanceID
        settings.values["partition.assignment.strategy"] = "cooperative-sticky"
        settings.values["heartbeat.interval.ms"] = "\(max(100, configuration.sessionTimeoutMilliseconds / 4))"
        // Who joins waits for all others. A client that gives up sooner, and begins anew, makes them wait in turn.
        let joinTimeout = configuration.sessionTimeoutMilliseconds + Self.joinGrace
        settings.values["socket.timeout.ms"] = "\(max(configuration.requestTimeoutMilliseconds, joinTimeout))"
        // Nothing is read through this client: its partitions are paused as soon as they come.
        settings.values["queued.min.messages"] = "1"
        settings.values["queued.max.messages.kbytes"] = "1"
        settings.enabledEvents = Int32(RD_KAFKA_EVENT_REBALANCE)
        return settings
    }

    /// For the producer of a route. What is under way is bounded by its transactions.
    static func route(_ configuration: KafkaEventLogConfiguration, transactionalID: String) -> Self {
        var settings = Self.producer(configuration)
        settings.values["transactional.id"] = transactionalID
        // As long may what a process that was killed has left open hold up readers, and the positions of its group.
        settings.values["transaction.timeout.ms"] = "\(Self.transactionMillisecondsMax)"
        settings.values["delivery.timeout.ms"] = nil
        settings.values["linger.ms"] = "5"
        settings.values["message.max.bytes"] = "1000000000"
        settings.values["partitioner"] = "murmur2_random"
        // They say nothing that the commit does not, but they wake who waits for it, and messages are freed by the
        // thread that made them.
        settings.reports = .ignored
        return settings
    }

    /// For the consumer of a route, a member of its group.
    static func route(_ configuration: KafkaEventLogConfiguration, group: String) -> Self {
        var settings = Self.reader(configuration, waitMilliseconds: 100)
        settings.values["group.id"] = group
        // Ends are told of late, also after a seek: nothing can be concluded from them.
        settings.values["enable.partition.eof"] = "false"
        settings.values["partition.assignment.strategy"] = "cooperative-sticky"
        settings.values["heartbeat.interval.ms"] = "\(max(100, configuration.sessionTimeoutMilliseconds / 4))"
        let joinTimeout = configuration.sessionTimeoutMilliseconds + Self.joinGrace
        settings.values["socket.timeout.ms"] = "\(max(configuration.requestTimeoutMilliseconds, joinTimeout))"
        settings.values["queued.max.messages.kbytes"] = "\(max(1, 16 * configuration.prefetchBytesMax / 1_024))"
        settings.enabledEvents = Int32(RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR)
        return settings
    }

    /// How long a client waits, in milliseconds, before it looks again at a queue that was full.
    private static let fullQueueBackoff = 10
    private static let transactionMillisecondsMax = 10_000

    /// How much longer than a session lasts the answer to a member may take, in milliseconds.
    private static let joinGrace = 5_000

    /// A record at the limit, with what Kafka adds to it.
    private static func requestBytesMax(_ configuration: KafkaEventLogConfiguration) -> Int {
        min(configuration.recordBytesMax + 65_536, 1_000_000_000)
    }

    /// What librdkafka says, without what must not be shown.
    func safe(_ text: String) -> String {
        self.secrets.filter { !$0.isEmpty && text.contains($0) }.reduce(text) { text, secret in
            Self.replacing(secret, in: text)
        }
    }

    private static func replacing(_ secret: String, in text: String) -> String {
        var rest = Substring(text)
        var result = ""
        while let first = rest.indices.first(where: { rest[$0...].hasPrefix(secret) }) {
            result += rest[..<first] + "…"
            rest = rest[first...].dropFirst(secret.count)
        }
        return result + rest
    }
}
