import Delivery
import EventLog
import Subscriptions

/// A subscription (or replay) as the simulated catalog keeps it: durable.
struct SimulatedSubscription: Sendable {
    let id: SubscriptionID
    let generation: String
    var kinds: KindSet
    var config: SubscriptionConfiguration
    /// Several subscriptions of a tenant share one.
    var origin: String
    var status: StoredSubscription.Status = .active
    let starts: [TopicPartition: Offset]
    /// For a replay.
    var until: [TopicPartition: Int64] = [:]
    var isReplay = false

    var group: ConsumerGroup { GroupName.cursor(of: self.id, generation: self.generation) }

    var specification: DeliverySpecification {
        DeliverySpecification(
            id: self.id, generation: self.generation, config: self.config,
            destination: Destination(
                sink: "\(self.origin)/\(self.id.name)", origin: self.origin, mode: self.config.mode,
                protocolSettings: HTTPProtocolSettings(), timeoutMilliseconds: self.config.timeoutMilliseconds),
            status: self.status, replayID: self.isReplay ? self.id.name : nil, until: self.until)
    }
}
