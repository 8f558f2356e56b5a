import KafkaEventLog

extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/Kafka``.
    static let kafka: [ConfigurationKey] = Self.kafkaLog + Self.kafkaSecurity

    private static let kafkaLog: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["kafka", "brokers"], form: .list(.brokers),
            meaning: "Brokers to ask first. Where there are any, the log is on Kafka, else it is the embedded one."),
        .text("kafka.clientId", \.kafka.clientID, .filled, "How the router is called in the brokers' logs and quotas."),
        .text(
            "kafka.instanceId", \.kafka.instanceID, .optionalTopic,
            "A name of this replica alone that outlives restarts: one within `kafka.sessionTimeoutMilliseconds` moves "
                + "no partition."),
        ConfigurationKey(
            path: ["kafka", "createTopics"], form: .boolean(\.kafka.createTopics),
            meaning: "Whether a start makes topics that are missing; else it fails and names them."),
        .integer(
            "kafka.replicationFactor", \.kafka.replicationFactor, 0...32_767,
            "Brokers that keep each record of a new topic; 0 is the brokers' default."),
        ConfigurationKey(
            path: ["kafka", "compression"],
            form: .choice(
                Choice(
                    words: KafkaCompression.allCases.map(\.rawValue), read: { $0.kafka.compression.rawValue },
                    write: { word, configuration in
                        if let compression = KafkaCompression(rawValue: word) {
                            configuration.kafka.compression = compression
                        }
                    })),
            meaning: "How batches are compressed on their way and in the log."),
        .integer(
            "kafka.lingerMilliseconds", \.kafka.lingerMilliseconds, 0...900_000,
            "How long records gather to a batch."),
        .integer(
            "kafka.recordBytesMax", \.kafka.recordBytesMax, 131_072...1_000_000_000,
            "Bytes of one record, not more than the brokers' `message.max.bytes`. Events have 65536 less, whatever "
                + "`limits.eventBytesMax` says."),
        .integer(
            "kafka.deliveryTimeoutMilliseconds", \.kafka.deliveryTimeoutMilliseconds, 1_000...2_147_483,
            "How long an append may take, with all retries, before its events are answered with 503."),
        .integer(
            "kafka.readersMax", \.kafka.readersMax, 1...64,
            "Clients that read beside the tails: for catching up, replays and searches."),
        .integer(
            "kafka.prefetchBytesMax", \.kafka.prefetchBytesMax, 1_024...2_147_483_647,
            "Bytes that are fetched ahead for one partition."),
        .integer(
            "kafka.fetchBytesMax", \.kafka.fetchBytesMax, 131_072...2_147_483_135,
            "Bytes of one answer of a broker; kafka.recordBytesMax where that is more."),
        .integer(
            "kafka.sessionTimeoutMilliseconds", \.kafka.sessionTimeoutMilliseconds, 1_000...3_600_000,
            "How long a replica may be unheard of before others get its partitions; the brokers' bounds hold as well."),
        .integer(
            "kafka.requestTimeoutMilliseconds", \.kafka.requestTimeoutMilliseconds, 100...300_000,
            "How long one request to a broker may take."),
        ConfigurationKey(
            path: ["kafka", "properties"], form: .list(.kafkaProperties),
            meaning: "Further settings of librdkafka by their own names, where the router has none. Values are never "
                + "shown."),
    ]

    private static let kafkaSecurity: [ConfigurationKey] = [
        ConfigurationKey(
            path: ["kafka", "tls"], form: .boolean(\.kafka.tls), meaning: "Whether connections are encrypted."),
        .text(
            "kafka.tlsAuthorityFile", \.kafka.tlsAuthorityFile, .any,
            "PEM file with the authorities to trust; none is the system's."),
        .text(
            "kafka.tlsCertificateFile", \.kafka.tlsCertificateFile, .any,
            "PEM file with the router's certificate chain, for mTLS."),
        .text("kafka.tlsKeyFile", \.kafka.tlsKeyFile, .any, "PEM file with the certificate's private key."),
        .secret("kafka.tlsKeyPassword", \.kafka.tlsKeyPassword, "What the key is encrypted with."),
        .text("kafka.tlsKeyPasswordFile", \.kafka.tlsKeyPasswordFile, .any, "A file with `kafka.tlsKeyPassword`."),
        ConfigurationKey(
            path: ["kafka", "tlsVerifiesHostname"], form: .boolean(\.kafka.tlsVerifiesHostname),
            meaning: "Whether a broker's certificate must be for the name that it is reached by."),
        ConfigurationKey(
            path: ["kafka", "saslMechanism"],
            form: .choice(
                Choice(
                    words: SASLMechanism.allCases.map(\.rawValue), read: { $0.kafka.saslMechanism.rawValue },
                    write: { word, configuration in
                        if let mechanism = SASLMechanism(rawValue: word) {
                            configuration.kafka.saslMechanism = mechanism
                        }
                    })),
            meaning: "How the router says to brokers who it is."),
        .text("kafka.saslUser", \.kafka.saslUser, .any, "The user, for PLAIN and SCRAM."),
        .secret("kafka.saslPassword", \.kafka.saslPassword, "The user's password."),
        .text("kafka.saslPasswordFile", \.kafka.saslPasswordFile, .any, "A file with `kafka.saslPassword`."),
        .text(
            "kafka.oauthTokenEndpoint", \.kafka.oauthTokenEndpoint, .any,
            "URL where tokens are had for client credentials, for OAUTHBEARER."),
        .text("kafka.oauthClientId", \.kafka.oauthClientID, .any, "The client there."),
        .secret("kafka.oauthClientSecret", \.kafka.oauthClientSecret, "The client's secret."),
        .text(
            "kafka.oauthClientSecretFile", \.kafka.oauthClientSecretFile, .any,
            "A file with `kafka.oauthClientSecret`."),
        .text("kafka.oauthScope", \.kafka.oauthScope, .any, "The scope of tokens, where the endpoint wants one."),
    ]
}
