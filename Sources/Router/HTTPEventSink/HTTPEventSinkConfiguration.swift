import CloudEvents
import NetworkGuard

/// The limits of ``HTTPEventSink``. Values outside their range are clamped.
public struct HTTPEventSinkConfiguration: Sendable, Hashable {
    /// Sent as `User-Agent: portarium/<version>`. Characters that a product's version may not have (RFC 9110, section
    /// 10.1.5) are left out.
    public var version: String = "dev"
    /// How long a TCP connection and its TLS handshake may take, and how long an attempt waits for a connection while
    /// all of its destination's are busy, `1...60000`. Never longer than the attempt's own timeout.
    public var connectTimeoutMilliseconds: Int64 = 5_000
    /// HTTP/1.1 connections to one destination (scheme, host and port) at once, `1...65535`. Should be no less than the
    /// attempts that may be in flight to it: those beyond wait for a connection.
    public var connectionsPerDestinationMax: Int = 256
    /// How long a connection is kept without a request, `1000...3600000`.
    public var connectionIdleTimeoutMilliseconds: Int64 = 30_000
    /// Requests on one connection before it is replaced, so that changes in DNS are noticed, `1...1000000000`.
    public var requestsPerConnectionMax: Int = 10_000
    /// How much of an answer's body is read, `0...16777216`. It is thrown away; reading it is what makes the connection
    /// usable again. Beyond it the connection is closed, and the status counts all the same.
    public var responseBodyBytesMax: Int = 65_536
    /// The longest `Retry-After` that is believed, `0...2592000000` (30 days); longer ones count as this long.
    public var retryAfterMillisecondsMax: Int64 = 86_400_000
    /// Destinations whose prepared parts are remembered, and names of hosts that were looked up, `2...1000000`.
    public var preparedDestinationsMax: Int = 8_192
    /// Where requests may go. Default: to the public network only.
    public var networkPolicy = NetworkPolicy()
    /// How long it holds that all addresses of a host's name are allowed, `100...3600000`. Connections are looked at in
    /// any case.
    public var addressCheckIntervalMilliseconds: Int64 = 30_000
    /// Where files are that hold `Authorization` values, in a directory for each tenant; nil: there are none.
    public var authorizationDirectory: String?
    /// How long what such a file says is used before it is read again, `100...3600000`.
    public var authorizationReadIntervalMilliseconds: Int64 = 5_000
    /// What `WebHook-Request-Origin` says: a name that stands for the router (CloudEvents HTTP webhook specification,
    /// section 4.1).
    public var requestOrigin = "portarium"
    /// Whether HTTP/2 is offered to destinations with TLS.
    public var isHTTP2Enabled: Bool = true

    public init() {}

    /// The same with every value in its range.
    func clamped() -> Self {
        func clamp<Value: Comparable>(_ value: inout Value, _ range: ClosedRange<Value>) {
            value = min(max(value, range.lowerBound), range.upperBound)
        }
        var configuration = self
        clamp(&configuration.connectTimeoutMilliseconds, 1...60_000)
        clamp(&configuration.connectionsPerDestinationMax, 1...65_535)
        clamp(&configuration.connectionIdleTimeoutMilliseconds, 1_000...3_600_000)
        clamp(&configuration.requestsPerConnectionMax, 1...1_000_000_000)
        clamp(&configuration.responseBodyBytesMax, 0...16_777_216)
        clamp(&configuration.retryAfterMillisecondsMax, 0...2_592_000_000)
        clamp(&configuration.addressCheckIntervalMilliseconds, 100...3_600_000)
        clamp(&configuration.authorizationReadIntervalMilliseconds, 100...3_600_000)
        clamp(&configuration.preparedDestinationsMax, 2...1_000_000)
        let version = configuration.version.utf8.filter(ASCIISet.token.contains)
        configuration.version = version.isEmpty ? "dev" : String(decoding: version, as: UTF8.self)
        return configuration
    }
}
