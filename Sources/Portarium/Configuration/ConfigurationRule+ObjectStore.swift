import ObjectStore

extension ConfigurationRule {
    /// What must hold between settings of ``RouterConfiguration/ObjectStore``.
    static let objectStore: [ConfigurationRule] = Self.objectStoreAccess + Self.objectStoreBounds

    private static let objectStoreAccess: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["objectStore.endpoint"],
            message: "objectStore.endpoint must be http://HOST[:PORT] or https://HOST[:PORT], without user and path",
            holds: { configuration in
                let endpoint = configuration.objectStore.endpoint
                return endpoint.isEmpty || S3ObjectStoreConfiguration.host(ofEndpoint: endpoint) != nil
            }),
        ConfigurationRule(
            keys: ["objectStore.bucket"],
            message: "objectStore.bucket must be 3 to 63 of the characters a-z 0-9 . -, as S3 wants it",
            holds: { configuration in
                let bucket = configuration.objectStore.bucket
                return bucket.isEmpty || S3ObjectStoreConfiguration.isBucket(bucket)
            }),
        ConfigurationRule(
            keys: ["objectStore.endpoint"],
            message: "objectStore.bucket, objectStore.accessKeyId and objectStore.secretAccessKey (or "
                + "objectStore.secretAccessKeyFile) are needed where objectStore.endpoint is given",
            needsAllSources: true,
            holds: { configuration in
                let store = configuration.objectStore
                return store.endpoint.isEmpty
                    || !store.bucket.isEmpty && !store.accessKeyID.isEmpty
                        && !(store.secretAccessKey.isEmpty && store.secretAccessKeyFile.isEmpty)
            }),
        ConfigurationRule(
            keys: [
                "objectStore.bucket", "objectStore.accessKeyId", "objectStore.secretAccessKey",
                "objectStore.secretAccessKeyFile",
            ],
            message: "the settings of objectStore do nothing without objectStore.endpoint",
            needsAllSources: true,
            holds: { configuration in
                let store = configuration.objectStore
                return !store.endpoint.isEmpty
                    || store.bucket.isEmpty && store.accessKeyID.isEmpty && store.secretAccessKey.isEmpty
                        && store.secretAccessKeyFile.isEmpty
            }),
    ]

    private static let objectStoreBounds: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["objectStore.objectBytesMax", "server.bodyBytesMax"],
            message: "objectStore.objectBytesMax must not be more than server.bodyBytesMax: "
                + "no request could carry such data",
            holds: { !$0.hasObjectStore || $0.objectStore.objectBytesMax <= $0.server.bodyBytesMax }),
        ConfigurationRule(
            keys: ["objectStore.transferBytesMax", "objectStore.objectBytesMax"],
            message: "objectStore.transferBytesMax must not be less than objectStore.objectBytesMax",
            holds: { $0.objectStore.transferBytesMax >= $0.objectStore.objectBytesMax }),
        ConfigurationRule(
            keys: ["objectStore.thresholdBytes", "limits.eventBytesMax"],
            message:
                "objectStore.thresholdBytes must not be more than limits.eventBytesMax, and on Kafka not more than "
                + "kafka.recordBytesMax less \(kafkaRecordHeadroomBytes): data below it stay in the log",
            holds: { !$0.parksData || $0.objectStore.thresholdBytes <= $0.eventBytesMax }),
    ]
}
