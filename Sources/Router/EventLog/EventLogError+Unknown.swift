extension EventLogError {
    /// A partition that a topic of so many does not have.
    public init(unknown topicPartition: TopicPartition, partitions: Int) {
        self.init(
            .unknownPartition,
            "topic '\(topicPartition.topic)' has the partitions 0 to \(partitions - 1), not \(topicPartition.partition)"
        )
    }
}
