/// One partition of one topic.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let topic: Topic
    public let partition: Partition

    public init(_ topic: Topic, _ partition: Partition) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String { "\(self.topic)-\(self.partition)" }
    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.topic, lhs.partition) < (rhs.topic, rhs.partition)
    }
}
