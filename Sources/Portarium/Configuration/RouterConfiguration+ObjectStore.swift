extension RouterConfiguration {
    /// Where large data are parked.
    struct ObjectStore: Sendable, Hashable {
        /// `http://HOST[:PORT]` or `https://HOST[:PORT]` of a store that speaks S3. Default none: nothing is parked.
        var endpoint = ""
        /// The bucket. Default none.
        var bucket = ""
        /// As signatures name it. Default `us-east-1`.
        var region = "us-east-1"
        /// Who signs.
        var accessKeyID = ""
        /// What with.
        var secretAccessKey = Secret()
        /// A file with ``secretAccessKey``.
        var secretAccessKeyFile = ""
        /// What keys begin with. Default `portarium`.
        var keyPrefix = "portarium"
        /// Data of more bytes are parked, 0 is never, `0...1073741824`. Default 256 KiB.
        var thresholdBytes = 262_144
        /// Bytes of the data of one event, `1024...1073741824`. Default 8 MiB.
        var objectBytesMax = 8_388_608
        /// Objects that are fetched and held at once, `1...10000`. Default 32.
        var transfersMax = 32
        /// Their bytes, `1024...68719476736`. Default 64 MiB.
        var transferBytesMax = 67_108_864
        /// Connections to the store, `1...10000`. Default 32.
        var connectionsMax = 32
        /// `1...60000`. Default 5 s.
        var connectTimeoutMilliseconds = 5_000
        /// How long one try of a call may take, `1...3600000`. Default 10 s.
        var timeoutMilliseconds = 10_000
        /// Tries of one call, `1...10`. Default 3.
        var attemptsMax = 3
    }

    /// Whether there is an object store at all.
    var hasObjectStore: Bool { !self.objectStore.endpoint.isEmpty }
    /// Whether large data are parked.
    var parksData: Bool { self.hasObjectStore && self.objectStore.thresholdBytes > 0 }
}
