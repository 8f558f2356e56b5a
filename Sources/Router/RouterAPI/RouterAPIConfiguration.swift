import NetworkGuard

/// Limits and times of the API.
public struct RouterAPIConfiguration: Sendable {
    /// How long an event stream may be silent before a comment line is sent. At least 1 ms; default 15 s.
    public var streamHeartbeatInterval: Duration = .seconds(15)
    /// What streams tell clients to wait before they connect again, in milliseconds, `0...60000`; default 2000.
    public var streamRetryMilliseconds = 2_000
    /// Event streams open at once, `1...`; over it 503 is answered. Default 1024.
    public var streamsMax = 1_024
    /// Event streams that one tenant may have open at once, `1...`; over it 429 is answered. Default 64.
    public var streamsPerTenantMax = 64
    /// How long an event stream may take to end, once the server shuts down. At least 0; default 2 s.
    public var streamEndMax: Duration = .seconds(2)
    /// How often it is looked whether the credential of an event stream is still valid. At least 1 ms; default 2 s.
    public var streamCredentialInterval: Duration = .seconds(2)
    /// Bytes of events put together into one write of a stream, `1...`; a longer event is written alone.
    /// Default 64 KiB.
    public var streamWriteBytesMax = 65_536
    /// Bytes of a JSON document in a request, `1...`, within what the server takes at all. Default 1 MiB.
    public var documentBytesMax = 1_048_576
    /// How long a client is told to wait after 429 and 503, in seconds, `0...`. Default 1.
    public var retryAfterSeconds = 1
    /// Which hosts the URLs of sinks may name. Default: those that do not say that they are none of the public network.
    public var networkPolicy = NetworkPolicy()
    /// What the URLs of webhook endpoints begin with, `https://HOST[:PORT]`; nil: they are paths.
    public var webhookPublicURL: String?

    /// The defaults.
    public init() {}
}
