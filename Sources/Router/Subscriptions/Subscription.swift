/// A standing interest in events, and where they shall go (CloudEvents Subscriptions API).
public struct Subscription: Sendable, Hashable {
    /// Whose it is, and its name.
    public var id: SubscriptionID
    /// Only events of exactly this source, where it is given.
    public var source: String?
    /// Only events of one of these types; empty: of any.
    public var types: [String]
    /// All must hold.
    public var filters: [Filter]
    /// An absolute `http` or `https` URL, or a ``TopicSink``.
    public var sink: String
    /// Headers and method of the requests.
    public var protocolSettings: HTTPProtocolSettings
    /// How events are delivered.
    public var config: SubscriptionConfiguration

    public init(
        id: SubscriptionID, source: String? = nil, types: [String] = [], filters: [Filter] = [], sink: String,
        protocolSettings: HTTPProtocolSettings = HTTPProtocolSettings(),
        config: SubscriptionConfiguration = SubscriptionConfiguration()
    ) {
        self.id = id
        self.source = source
        self.types = types
        self.filters = filters
        self.sink = sink
        self.protocolSettings = protocolSettings
        self.config = config
    }
}
