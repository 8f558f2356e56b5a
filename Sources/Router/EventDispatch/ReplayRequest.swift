import EventLog
import Subscriptions

/// What shall be sent again, and whereto.
public struct ReplayRequest: Sendable, Hashable {
    /// Exactly one of the two.
    public enum Target: Sendable, Hashable {
        /// The name of a subscription of the same tenant: its sink, its settings and its filters.
        case subscription(String)
        /// An isolated sink: an absolute `http` or `https` URL that no subscription need know.
        case sink(String)
    }

    /// A range of offsets in one partition, `from..<to`.
    public struct OffsetRange: Sendable, Hashable {
        public var topicPartition: TopicPartition
        public var from: Offset
        public var to: Offset

        public init(topicPartition: TopicPartition, from: Offset, to: Offset) {
            self.topicPartition = topicPartition
            self.from = from
            self.to = to
        }
    }

    public var tenant: String
    public var target: Target
    /// Empty: all event topics.
    public var topics: [Topic]
    /// Records at or after this time.
    public var from: Timestamp?
    /// Records before this time; nil: up to the end as it is when the replay is created.
    public var to: Timestamp?
    /// Where not empty, only these ranges.
    public var offsets: [OffsetRange]
    public var correlationID: String?
    /// All must hold.
    public var filters: [Filter]
    /// Requests a second at most, `0.001...1000000`, where the subscription's rate limit, or what its sink allows, is
    /// not lower; nil: those alone, none for an isolated sink.
    public var ratePerSecond: Double?
    public var dryRun: Bool

    public init(
        tenant: String, target: Target, topics: [Topic] = [], from: Timestamp? = nil, to: Timestamp? = nil,
        offsets: [OffsetRange] = [], correlationID: String? = nil, filters: [Filter] = [], ratePerSecond: Double? = nil,
        dryRun: Bool = false
    ) {
        self.tenant = tenant
        self.target = target
        self.topics = topics
        self.from = from
        self.to = to
        self.offsets = offsets
        self.correlationID = correlationID
        self.filters = filters
        self.ratePerSecond = ratePerSecond
        self.dryRun = dryRun
    }
}
