/// How an HTTP message carries events (CloudEvents 1.0, HTTP binding, section 3).
public enum HTTPContentMode: Sendable, Hashable {
    /// Attributes in `ce-` headers, data in the body.
    case binary
    /// One event in the body, in the JSON event format.
    case structured
    /// Several events in the body, in the JSON batch format.
    case batched
}
