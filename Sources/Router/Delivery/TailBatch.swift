import EventLog

/// Records that the tail has read from one partition, matched already.
public struct TailBatch: Sendable {
    /// An event and the subscriptions that it matches.
    public struct Match: Sendable {
        public var event: DeliverableEvent
        public var slots: [Int]

        public init(event: DeliverableEvent, slots: [Int]) {
            self.event = event
            self.slots = slots
        }
    }

    public var topicPartition: TopicPartition
    /// In the order of their offsets; events that nobody wants are left out.
    public var matches: [Match]
    /// Where it was read from.
    public var from: Offset
    /// Where the tail reads next.
    public var next: Offset

    public init(topicPartition: TopicPartition, matches: [Match], from: Offset, next: Offset) {
        self.topicPartition = topicPartition
        self.matches = matches
        self.from = from
        self.next = next
    }
}
