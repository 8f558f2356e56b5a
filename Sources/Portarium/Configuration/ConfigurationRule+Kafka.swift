extension ConfigurationRule {
    /// Bytes of a record that are left for what the router adds to an event: names of headers, why it is a dead letter,
    /// the batch around it.
    static let kafkaRecordHeadroomBytes = 65_536

    /// What must hold between settings of ``RouterConfiguration/Kafka``.
    static let kafka: [ConfigurationRule] = Self.kafkaBounds + Self.kafkaSecrets + Self.kafkaSecurity

    private static let kafkaBounds: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["limits.eventBytesMax", "kafka.recordBytesMax"],
            message:
                "limits.eventBytesMax must not be more than kafka.recordBytesMax less \(kafkaRecordHeadroomBytes): "
                + "the brokers would refuse such an event",
            holds: { configuration in
                // The default gives way to the brokers' limit by itself.
                configuration.kafka.brokers.isEmpty
                    || configuration.limits.eventBytesMax <= RouterConfiguration.Limits().eventBytesMax
                    || configuration.limits.eventBytesMax
                        <= configuration.kafka.recordBytesMax - Self.kafkaRecordHeadroomBytes
            }),
        ConfigurationRule(
            keys: ["kafka.deliveryTimeoutMilliseconds", "kafka.lingerMilliseconds"],
            message: "kafka.deliveryTimeoutMilliseconds must be more than kafka.lingerMilliseconds: "
                + "appends would time out before they are sent",
            holds: { $0.kafka.deliveryTimeoutMilliseconds > $0.kafka.lingerMilliseconds }),
        ConfigurationRule(
            keys: ["kafka.deliveryTimeoutMilliseconds", "kafka.requestTimeoutMilliseconds"],
            message: "kafka.deliveryTimeoutMilliseconds must not be less than kafka.requestTimeoutMilliseconds",
            holds: { $0.kafka.deliveryTimeoutMilliseconds >= $0.kafka.requestTimeoutMilliseconds }),
    ]

    private static let kafkaSecrets = SecretFile.all.map { secret in
        ConfigurationRule(
            keys: ["\(secret.name)File", secret.name],
            message: "\(secret.name) and \(secret.name)File are both given: keep one of them",
            holds: { $0[keyPath: secret.secret].isEmpty || $0[keyPath: secret.file].isEmpty })
    }

    private static let kafkaSecurity: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["kafka.saslUser", "kafka.saslMechanism"],
            message: "kafka.saslUser and kafka.saslPassword (or kafka.saslPasswordFile) are needed where "
                + "kafka.saslMechanism is PLAIN or SCRAM",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return !kafka.saslMechanism.takesPassword
                    || !kafka.saslUser.isEmpty && !(kafka.saslPassword.isEmpty && kafka.saslPasswordFile.isEmpty)
            }),
        ConfigurationRule(
            keys: ["kafka.saslUser", "kafka.saslPassword", "kafka.saslPasswordFile"],
            message: "kafka.saslUser and kafka.saslPassword are for kafka.saslMechanism PLAIN or SCRAM: "
                + "name it, or take them out",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return kafka.saslMechanism.takesPassword
                    || kafka.saslUser.isEmpty && kafka.saslPassword.isEmpty && kafka.saslPasswordFile.isEmpty
            }),
        ConfigurationRule(
            keys: ["kafka.oauthTokenEndpoint", "kafka.saslMechanism"],
            message: "kafka.oauthTokenEndpoint, kafka.oauthClientId and kafka.oauthClientSecret (or "
                + "kafka.oauthClientSecretFile) are needed where kafka.saslMechanism is OAUTHBEARER",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return kafka.saslMechanism != .oauthBearer
                    || !kafka.oauthTokenEndpoint.isEmpty && !kafka.oauthClientID.isEmpty
                        && !(kafka.oauthClientSecret.isEmpty && kafka.oauthClientSecretFile.isEmpty)
            }),
        ConfigurationRule(
            keys: [
                "kafka.oauthTokenEndpoint", "kafka.oauthClientId", "kafka.oauthClientSecret",
                "kafka.oauthClientSecretFile", "kafka.oauthScope",
            ],
            message: "the kafka.oauth… settings are for kafka.saslMechanism OAUTHBEARER: name it, or take them out",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return kafka.saslMechanism == .oauthBearer
                    || kafka.oauthTokenEndpoint.isEmpty && kafka.oauthClientID.isEmpty
                        && kafka.oauthClientSecret.isEmpty && kafka.oauthClientSecretFile.isEmpty
                        && kafka.oauthScope.isEmpty
            }),
        ConfigurationRule(
            keys: ["kafka.tlsCertificateFile", "kafka.tlsKeyFile"],
            message: "kafka.tlsCertificateFile and kafka.tlsKeyFile belong together: give both or neither",
            needsAllSources: true,
            holds: { $0.kafka.tlsCertificateFile.isEmpty == $0.kafka.tlsKeyFile.isEmpty }),
        ConfigurationRule(
            keys: ["kafka.tlsKeyPassword", "kafka.tlsKeyPasswordFile"],
            message: "kafka.tlsKeyPassword is for a key: name it with kafka.tlsKeyFile",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return !kafka.tlsKeyFile.isEmpty || kafka.tlsKeyPassword.isEmpty && kafka.tlsKeyPasswordFile.isEmpty
            }),
        ConfigurationRule(
            keys: ["kafka.tlsAuthorityFile", "kafka.tlsCertificateFile"],
            message: "kafka.tlsAuthorityFile and kafka.tlsCertificateFile do nothing without kafka.tls: true",
            needsAllSources: true,
            holds: { configuration in
                let kafka = configuration.kafka
                return kafka.tls || kafka.tlsAuthorityFile.isEmpty && kafka.tlsCertificateFile.isEmpty
            }),
    ]
}
