import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// Whether a partition is this process's to read.
    public func isAssigned(_ topicPartition: TopicPartition) -> Bool {
        self.tailIndexes[topicPartition].map { self.tails[$0].isAssigned } ?? false
    }

    /// The partitions that are this process's to read, in order.
    public var assignedPartitions: [TopicPartition] {
        self.tails.filter(\.isAssigned).map(\.topicPartition).sorted()
    }

    /// All subscriptions and replays, in order.
    public var subscriptionIDs: [SubscriptionID] { self.slots.keys.sorted() }
}
