import EventLog
import Logging
import ServiceLifecycle
import Synchronization
import Webhooks

/// Keeps what is known of deliveries up with their topic: read once at the start, and on a log that several processes
/// share followed from then on.
public final class WebhookDeliveryFollower: Service {
    private let log: any EventLog
    private let topic: Topic
    private let deliveries: WebhookDeliveries
    private let logger: Logger
    private let follower: TopicFollower

    /// - Parameters:
    ///   - topic: where accepted deliveries are remembered: one partition.
    ///   - deliveries: what is told of them.
    public init(log: any EventLog, topic: Topic, deliveries: WebhookDeliveries, logger: Logger) {
        self.log = log
        self.topic = topic
        self.deliveries = deliveries
        self.logger = logger
        self.follower = TopicFollower(
            log: log, topicPartition: TopicPartition(topic, Partition(0)), logger: logger
        ) { element in
            guard let marker = element.record.value.flatMap({ DeliveryMarker($0) }) else { return }
            deliveries.remember(marker, now: DispatchClock.wall.milliseconds)
        }
    }

    /// Reads what was accepted within the longest window.
    /// - Throws: `EventLogError` where the log cannot be read.
    public func load() async throws {
        let now = DispatchClock.wall.milliseconds
        let oldest = now - Int64(WebhookEndpoint.dedupeWindowSecondsMax) * 1_000
        self.follower.begin(
            at: try await self.log.offset(
                of: TopicPartition(self.topic, Partition(0)), at: Timestamp(milliseconds: oldest)))
        try await self.follower.catchUp()
        self.logger.debug("webhook deliveries are known", metadata: ["count": "\(self.deliveries.count)"])
    }

    /// Follows until graceful shutdown, where others write as well.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follower.runWhereShared() }
    }
}
