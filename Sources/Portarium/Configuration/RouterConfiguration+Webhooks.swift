import NetworkGuard

extension RouterConfiguration {
    /// What comes in from providers.
    struct Webhooks: Sendable, Hashable {
        /// `https://HOST[:PORT]` or `http://…` under which providers reach the router. Default none.
        var publicURL = ""
        /// Proxies whose `X-Forwarded-For` is believed, as CIDR ranges. Default none.
        var trustedProxies: [IPNetwork] = []
        /// Endpoints of one tenant, `1...100000`. Default 1,000.
        var endpointsPerTenantMax = 1_000
        /// Accepted deliveries that are remembered, of all endpoints, `1000...100000000`. Default 500,000.
        var dedupeEntriesMax = 500_000
        /// Whether webhooks are kept on the disk that the log does not take. Default ``SpoolMode/auto``.
        var spool = SpoolMode.auto
        /// Bytes of them on the disk, `1048576...1099511627776`. Default 256 MiB.
        var spoolBytesMax = 268_435_456
        /// How many, `1...10000000`. Default 100,000.
        var spoolDeliveriesMax = 100_000
        /// How long the log is waited for, `10...600000`. Default 1 s.
        var spoolAfterMilliseconds = 1_000
    }

    /// What the router keeps of others' secrets, and how.
    struct Secrets: Sendable, Hashable {
        /// One key or more, 32 bytes in base64 each: the first seals, all open.
        var encryptionKey = Secret()
        /// A file with ``encryptionKey``.
        var encryptionKeyFile = ""
    }
}
