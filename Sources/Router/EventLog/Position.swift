/// Topic, partition and offset: where one record lies.
public struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let topicPartition: TopicPartition
    public let offset: Offset

    public init(_ topicPartition: TopicPartition, _ offset: Offset) {
        self.topicPartition = topicPartition
        self.offset = offset
    }

    /// The topic of ``topicPartition``.
    public var topic: Topic { self.topicPartition.topic }
    /// The partition of ``topicPartition``.
    public var partition: Partition { self.topicPartition.partition }
    public var description: String { "\(self.topicPartition)@\(self.offset)" }
    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.topicPartition, lhs.offset) < (rhs.topicPartition, rhs.offset)
    }
}
