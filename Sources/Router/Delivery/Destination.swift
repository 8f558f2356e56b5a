import Subscriptions
import Transforms

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
    /// What requests prove.
    public let trust: OutboundTrust
    /// What becomes of events before they are sent; nil: nothing.
    public let transform: EventTransform?

    public init(
        sink: String, origin: String, mode: SubscriptionConfiguration.ContentMode,
        protocolSettings: HTTPProtocolSettings, timeoutMilliseconds: Int64,
        trust: OutboundTrust = OutboundTrust(), transform: EventTransform? = nil
    ) {
        self.sink = sink
        self.origin = origin
        self.mode = mode
        self.protocolSettings = protocolSettings
        self.timeoutMilliseconds = timeoutMilliseconds
        self.trust = trust
        self.transform = transform
    }
}
