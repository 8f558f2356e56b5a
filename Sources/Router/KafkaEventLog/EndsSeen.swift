import EventLog

/// Ends of partitions, gathered from reports that come partition by partition.
struct EndsSeen {
    private var ends: [TopicPartition: Int64] = [:]
    /// What came last: most reports are about the same partition as the one before.
    private var last: (topicPartition: TopicPartition, end: Int64)?

    mutating func note(_ topicPartition: TopicPartition, _ end: Int64) {
        if let last, last.topicPartition == topicPartition {
            if end > last.end { self.last?.end = end }
            return
        }
        self.keepLast()
        self.last = (topicPartition, end)
    }

    /// The greatest end of each partition.
    var all: [TopicPartition: Int64] {
        var copy = self
        copy.keepLast()
        return copy.ends
    }

    private mutating func keepLast() {
        guard let last else { return }
        self.ends[last.topicPartition] = max(last.end, self.ends[last.topicPartition] ?? -1)
    }
}
