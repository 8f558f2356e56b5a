import KafkaEventLog

extension RouterConfiguration {
    /// Whether the log is on Kafka.
    var isOnKafka: Bool { !self.kafka.brokers.isEmpty }

    /// What the log on Kafka gets of the settings.
    var kafkaEventLog: KafkaEventLogConfiguration {
        var log = KafkaEventLogConfiguration(brokers: self.kafka.brokers.joined(separator: ","))
        log.prefix = self.log.topicPrefix
        log.clientID = self.kafka.clientID
        log.instanceID = Self.filled(self.kafka.instanceID)
        log.security = self.kafkaSecurity
        log.recordBytesMax = self.kafka.recordBytesMax
        log.queueRecordsMax = self.log.appendQueueRecordsMax
        log.queueBytesMax = self.log.appendQueueBytesMax
        log.lingerMilliseconds = self.kafka.lingerMilliseconds
        log.compression = self.kafka.compression
        log.deliveryTimeoutMilliseconds = self.kafka.deliveryTimeoutMilliseconds
        log.readersMax = self.kafka.readersMax
        log.prefetchBytesMax = self.kafka.prefetchBytesMax
        log.fetchBytesMax = self.kafka.fetchBytesMax
        log.sessionTimeoutMilliseconds = self.kafka.sessionTimeoutMilliseconds
        log.requestTimeoutMilliseconds = self.kafka.requestTimeoutMilliseconds
        log.properties = Dictionary(self.kafka.properties.map { ($0.name, $0.value.revealed) }) { $1 }
        return log
    }

    private var kafkaSecurity: KafkaSecurity {
        let kafka = self.kafka
        var security = KafkaSecurity()
        switch kafka.saslMechanism {
        case .none: break
        case .plain:
            security.authentication = .plain(user: kafka.saslUser, password: kafka.saslPassword.revealed)
        case .scramSHA256:
            security.authentication = .scramSHA256(user: kafka.saslUser, password: kafka.saslPassword.revealed)
        case .scramSHA512:
            security.authentication = .scramSHA512(user: kafka.saslUser, password: kafka.saslPassword.revealed)
        case .oauthBearer:
            security.authentication = .oauthBearer(
                tokenEndpoint: kafka.oauthTokenEndpoint, clientID: kafka.oauthClientID,
                clientSecret: kafka.oauthClientSecret.revealed, scope: Self.filled(kafka.oauthScope))
        }
        guard kafka.tls else { return security }
        var tls = KafkaSecurity.TLS()
        tls.authorityFile = Self.filled(kafka.tlsAuthorityFile)
        tls.certificateFile = Self.filled(kafka.tlsCertificateFile)
        tls.keyFile = Self.filled(kafka.tlsKeyFile)
        tls.keyPassword = Self.filled(kafka.tlsKeyPassword.revealed)
        tls.verifiesHostname = kafka.tlsVerifiesHostname
        security.tls = tls
        return security
    }

    /// nil where there is nothing.
    private static func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
}
