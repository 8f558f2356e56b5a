/// `protocolsettings` of a subscription with `protocol: HTTP`.
public struct HTTPProtocolSettings: Sendable, Hashable {
    /// Sent with every delivery. At most 32, names and values as RFC 9110 allows; none that the router sets itself.
    public var headers: [String: String]
    /// `POST` (the default) or `PUT`.
    public var method: String
    /// Where `Authorization` comes from; nil: from the headers, or there is none.
    public var authorization: SinkAuthorization?
    /// Whether the target has to agree first (CloudEvents HTTP webhook specification, section 4).
    public var handshake: Bool

    public init(
        headers: [String: String] = [:], method: String = "POST", authorization: SinkAuthorization? = nil,
        handshake: Bool = false
    ) {
        self.headers = headers
        self.method = method
        self.authorization = authorization
        self.handshake = handshake
    }
}
