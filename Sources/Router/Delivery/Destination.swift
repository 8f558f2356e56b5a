import Subscriptions

/// Where and how a subscription's events are sent; shared by all its attempts.
public final class Destination: Sendable {
    /// The absolute URL.
    public let sink: String
    /// `scheme://host:port`, what circuits and connection limits are counted by.
    public let origin: String
    public let mode: SubscriptionConfiguration.ContentMode
    public let protocolSettings: HTTPProtocolSettings
    /// How long one attempt may take from connecting to the end of the answer, in milliseconds, `100...600000`.
    public let timeoutMilliseconds: Int64

    public init(
        sink: String, origin: String, mode: SubscriptionConfiguration.ContentMode,
        protocolSettings: HTTPProtocolSettings, timeoutMilliseconds: Int64
    ) {
        self.sink = sink
        self.origin = origin
        self.mode = mode
        self.protocolSettings = protocolSettings
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
