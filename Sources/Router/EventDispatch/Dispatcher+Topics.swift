import Delivery
import EventLog
import Logging
import Subscriptions
import Synchronization

extension Dispatcher {
    /// Finds out whether the log routes to topics by itself. Before any subscription is taken up.
    /// - Throws: ``EventLogError`` where it cannot be asked.
    func decideRouting() async throws(EventLogError) {
        guard let router = self.log as? any EventLogRouting else { return }
        if let obstacle = try await router.obstacleToRouting() {
            self.logger.warning(
                "subscriptions to topics get their events at least once: the brokers give no transactions",
                metadata: ["reason": "\(obstacle)"])
            return
        }
        self.routing.withLock { $0 = true }
        self.logger.info("subscriptions to topics get their events exactly once, in transactions")
    }

    /// Whether the log routes to topics by itself, exactly once.
    public var routesInLog: Bool { self.routing.withLock { $0 } }

    /// Whether the log routes a subscription's events, and not the delivery machine.
    func isRouted(_ subscription: Subscription) -> Bool {
        TopicSink.isMeant(by: subscription.sink) && self.routesInLog
    }

    /// How far the log has routed a partition by itself, for the subscriptions of a tenant.
    func routePositions(
        in topicPartition: TopicPartition, tenant: String
    ) async throws(EventLogError) -> [ConsumerGroup: Offset] {
        guard self.routesInLog else { return [:] }
        return try await self.log.committed(groupsWithPrefix: "\(GroupName.cursorPrefix)\(tenant)/")
            .compactMapValues { $0[topicPartition]?.offset }
    }

    /// The topic that a subscription's events go to; nil where it is none.
    func target(of subscription: Subscription) -> Topic? {
        TopicSink(subscription.sink)?.topic(prefix: self.configuration.topicPrefix)
    }
}
