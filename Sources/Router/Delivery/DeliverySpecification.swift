import EventLog
import Subscriptions

/// What the delivery machine has to know of a subscription, or of a replay.
public struct DeliverySpecification: Sendable {
    public var id: SubscriptionID
    public var generation: String
    public var config: SubscriptionConfiguration
    public var destination: Destination
    public var status: StoredSubscription.Status
    /// For a replay: its id, carried by every event.
    public var replayID: String?
    /// For a replay: the end of its range in each partition, exclusive.
    /// Partitions that are not named do not belong to it.
    public var until: [TopicPartition: Int64]

    public init(
        id: SubscriptionID, generation: String, config: SubscriptionConfiguration, destination: Destination,
        status: StoredSubscription.Status = .active, replayID: String? = nil, until: [TopicPartition: Int64] = [:]
    ) {
        self.id = id
        self.generation = generation
        self.config = config
        self.destination = destination
        self.status = status
        self.replayID = replayID
        self.until = until
    }

    var isReplay: Bool { self.replayID != nil }
}
