/// How a topic shall be kept.
public struct TopicSpecification: Sendable, Hashable {
    public var topic: Topic
    /// `1...1024`.
    public var partitions: Int
    /// How many brokers keep each record, `1...32767`; nil: what the brokers think best. One process that is the log
    /// alone keeps it once, whatever this says.
    public var replicas: Int?
    /// Keep only the last record of each key (and drop tombstones after a while).
    public var isCompacted: Bool
    /// How long records are kept at least; nil: for ever.
    public var retentionAge: Duration?
    /// How many bytes of records a partition keeps at most before the oldest go; nil: no limit.
    public var retentionBytesMax: Int64?

    public init(
        topic: Topic, partitions: Int, replicas: Int? = nil, isCompacted: Bool = false, retentionAge: Duration? = nil,
        retentionBytesMax: Int64? = nil
    ) {
        self.topic = topic
        self.partitions = partitions
        self.replicas = replicas
        self.isCompacted = isCompacted
        self.retentionAge = retentionAge
        self.retentionBytesMax = retentionBytesMax
    }
}
