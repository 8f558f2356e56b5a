import CloudEvents
import EventLog

/// The bounds and names that webhook endpoints work with.
public struct WebhookServiceConfiguration: Sendable {
    /// The endpoints: one partition, compacted by id.
    public var endpointTopic = Topic("portarium.webhook-endpoints")
    /// Which deliveries were accepted lately: one partition.
    public var deliveryTopic = Topic("portarium.webhook-deliveries")
    /// Endpoints of one tenant, `1...100000`.
    public var endpointsPerTenantMax = 1_000
    /// How large an event may be that a webhook becomes.
    public var limits = CloudEventLimits()

    public init() {}

    /// How the topics are kept. Deliveries stay a day longer than the longest window.
    public var topics: [TopicSpecification] {
        [
            TopicSpecification(topic: self.endpointTopic, partitions: 1, isCompacted: true),
            TopicSpecification(topic: self.deliveryTopic, partitions: 1, retentionAge: .seconds(8 * 86_400)),
        ]
    }
}
