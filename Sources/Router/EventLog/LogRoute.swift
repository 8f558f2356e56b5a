/// Records of some topics on their way to another one.
public struct LogRoute: Sendable, Hashable {
    /// Whose position tells what was carried; its members share the work.
    public var group: ConsumerGroup
    public var sources: [Topic]
    public var target: Topic
    /// Where a partition begins that the group has no position in; one that is not named begins with its first record.
    public var starts: [TopicPartition: Offset]
    /// Whose an event is that does not say so; nil: nobody's.
    public var defaultTenant: String?

    public init(group: ConsumerGroup, sources: [Topic], target: Topic, starts: [TopicPartition: Offset] = [:]) {
        self.group = group
        self.sources = sources
        self.target = target
        self.starts = starts
    }
}
