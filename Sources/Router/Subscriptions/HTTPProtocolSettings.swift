/// `protocolsettings` of a subscription with `protocol: HTTP`.
public struct HTTPProtocolSettings: Sendable, Hashable {
    /// Sent with every delivery. At most 32, names and values as RFC 9110 allows; none that the router sets itself.
    public var headers: [String: String]
    /// `POST` (the default) or `PUT`.
    public var method: String

    public init(headers: [String: String] = [:], method: String = "POST") {
        self.headers = headers
        self.method = method
    }
}
