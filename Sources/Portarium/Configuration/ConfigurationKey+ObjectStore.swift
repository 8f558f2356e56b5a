extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/ObjectStore``.
    static let objectStore: [ConfigurationKey] = [
        .text(
            "objectStore.endpoint", \.objectStore.endpoint, .any,
            "`http://HOST[:PORT]` or `https://HOST[:PORT]` of a store that speaks S3, where large data are parked."),
        .text("objectStore.bucket", \.objectStore.bucket, .any, "The bucket; it must be there."),
        .text("objectStore.region", \.objectStore.region, .filled, "The region, as signatures name it."),
        .text("objectStore.accessKeyId", \.objectStore.accessKeyID, .any, "Who signs requests to the store."),
        .secret("objectStore.secretAccessKey", \.objectStore.secretAccessKey, "What they are signed with."),
        .text(
            "objectStore.secretAccessKeyFile", \.objectStore.secretAccessKeyFile, .any,
            "A file with `objectStore.secretAccessKey`."),
        .text(
            "objectStore.keyPrefix", \.objectStore.keyPrefix, .keyPrefix,
            "What the keys of objects begin with, before `/TENANT/DAY/UUID`."),
        .integer(
            "objectStore.thresholdBytes", \.objectStore.thresholdBytes, 0...1_073_741_824,
            "Data of more bytes are parked; 0 parks none, and what was parked is still fetched."),
        .integer(
            "objectStore.objectBytesMax", \.objectStore.objectBytesMax, 1_024...1_073_741_824,
            "Bytes of the data of one event, where they are parked."),
        .integer(
            "objectStore.transfersMax", \.objectStore.transfersMax, 1...10_000,
            "Objects that are fetched and held for sinks and callers at once; one tenant has half of them."),
        .integer(
            "objectStore.transferBytesMax", \.objectStore.transferBytesMax, 1_024...68_719_476_736,
            "Bytes of objects that are fetched and held at once; one tenant has half of them, a batch as well."),
        .integer(
            "objectStore.connectionsMax", \.objectStore.connectionsMax, 1...10_000, "Connections to the store."),
        .integer(
            "objectStore.connectTimeoutMilliseconds", \.objectStore.connectTimeoutMilliseconds, 1...60_000,
            "How long connecting may take."),
        .integer(
            "objectStore.timeoutMilliseconds", \.objectStore.timeoutMilliseconds, 1...3_600_000,
            "How long one try of a call to the store may take, the object's bytes included."),
        .integer("objectStore.attemptsMax", \.objectStore.attemptsMax, 1...10, "Tries of one call to the store."),
    ]
}
