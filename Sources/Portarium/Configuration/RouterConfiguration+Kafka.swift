import KafkaEventLog

extension RouterConfiguration {
    /// The log on Kafka.
    struct Kafka: Sendable, Hashable {
        /// `HOST:PORT` of brokers to ask first. Empty, which is the default: the embedded log.
        var brokers: [String] = []
        /// How the router is called in the brokers' logs and quotas. Default `portarium`.
        var clientID = "portarium"
        /// A name of this replica that outlives its restarts. Default none.
        var instanceID = ""
        /// Whether a start may make topics that are missing. Default on.
        var createTopics = true
        /// Brokers that keep each record of a new topic, 0 is what the brokers think best, `0...32767`. Default 0.
        var replicationFactor = 0
        /// Default lz4.
        var compression = KafkaCompression.lz4
        /// How long records gather to a batch, `0...900000`. Default 0.
        var lingerMilliseconds = 0
        /// Bytes of one record, `131072...1000000000`. Default 1 MiB.
        var recordBytesMax = 1_048_576
        /// How long an append may take with all retries, `1000...2147483`. Default 30 s.
        var deliveryTimeoutMilliseconds = 30_000
        /// Clients that read beside the tails, `1...64`. Default 8.
        var readersMax = 8
        /// Bytes fetched ahead for one partition, as they are compressed, `1024...2147483647`. Default 128 KiB.
        var prefetchBytesMax = 131_072
        /// Bytes of one answer of a broker, `131072...2147483135`; ``recordBytesMax`` where that is more.
        /// Default 1 MiB.
        var fetchBytesMax = 1_048_576
        /// How long a replica may be unheard of, `1000...3600000`. Default 10 s.
        var sessionTimeoutMilliseconds = 10_000
        /// How long one request to a broker may take, `100...300000`. Default 10 s.
        var requestTimeoutMilliseconds = 10_000
        /// Whether connections are encrypted. Default off.
        var tls = false
        /// Certificates of the authorities to trust, PEM. Default the system's.
        var tlsAuthorityFile = ""
        /// The router's certificate chain, PEM. Default none.
        var tlsCertificateFile = ""
        /// Its private key, PEM. Default none.
        var tlsKeyFile = ""
        /// What the key is encrypted with. Default nothing.
        var tlsKeyPassword = Secret()
        /// A file with ``tlsKeyPassword``.
        var tlsKeyPasswordFile = ""
        /// Whether a broker's name must be its certificate's. Default on.
        var tlsVerifiesHostname = true
        /// Default none.
        var saslMechanism = SASLMechanism.none
        /// For PLAIN and SCRAM.
        var saslUser = ""
        /// For PLAIN and SCRAM.
        var saslPassword = Secret()
        /// A file with ``saslPassword``.
        var saslPasswordFile = ""
        /// For OAUTHBEARER.
        var oauthTokenEndpoint = ""
        /// For OAUTHBEARER.
        var oauthClientID = ""
        /// For OAUTHBEARER.
        var oauthClientSecret = Secret()
        /// A file with ``oauthClientSecret``.
        var oauthClientSecretFile = ""
        /// For OAUTHBEARER. Default none.
        var oauthScope = ""
        /// Further settings of librdkafka.
        var properties: [KafkaProperty] = []
    }
}
