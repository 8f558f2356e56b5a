/// Headers of a delivered request that a subscription cannot set.
public enum ReservedHeaders {
    /// What the router or the connection sets itself, lower-case.
    private static let names: Set<String> = [
        "connection", "content-encoding", "content-length", "content-range", "content-type", "correlationid", "expect",
        "host", "http2-settings", "idempotency-key", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "runid", "te", "tenantid", "traceparent", "tracestate", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "via", "webhook-id", "webhook-request-origin", "webhook-request-rate",
        "webhook-signature", "webhook-timestamp",
    ]

    /// Whether a header of this name, in any case, is one of them; `ce-…` carry the attributes of the event, and are.
    public static func contains(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasPrefix("ce-") || self.names.contains(name)
    }
}
