/// One position to commit.
public struct GroupCommit: Sendable, Hashable {
    public var group: ConsumerGroup
    public var topicPartition: TopicPartition
    public var committed: CommittedOffset

    public init(group: ConsumerGroup, topicPartition: TopicPartition, committed: CommittedOffset) {
        self.group = group
        self.topicPartition = topicPartition
        self.committed = committed
    }
}
