import Delivery
import EventLog
import Subscriptions
import Synchronization

/// Subscriptions whose sink is a topic.
extension LogSubscriptionService {
    /// A subscription that the log routes by itself.
    struct Routed: Sendable {
        var generation: String
        var route: LogRoute
        var compiled: CompiledSubscription
    }

    /// The active ones that the log routes by itself.
    func routed() -> [SubscriptionID: Routed] {
        let (all, faults) = self.catalog.withLock { ($0.stored, $0.faults) }
        var routed: [SubscriptionID: Routed] = [:]
        for (id, stored) in all where stored.status == .active && faults[id] == nil {
            guard self.dispatcher.isRouted(stored.subscription),
                let target = self.dispatcher.target(of: stored.subscription),
                let compiled = try? CompiledSubscription(stored.subscription)
            else { continue }
            routed[id] = Routed(
                generation: stored.generation,
                route: LogRoute(
                    group: GroupName.cursor(of: id, generation: stored.generation),
                    sources: self.dispatcher.configuration.eventTopics, target: target, starts: stored.startOffsets),
                compiled: compiled)
        }
        return routed
    }

    /// Refuses a topic that events cannot or must not be sent to.
    /// - Throws: `unprocessable`; `limitExceeded` over ``DispatchConfiguration/routesMax``; `unavailable`.
    func checkTarget(of subscription: Subscription) async throws(ServiceError) {
        guard let target = self.dispatcher.target(of: subscription) else { return }
        let configuration = self.dispatcher.configuration
        guard !configuration.eventTopics.contains(target) else {
            throw Self.fault(
                "is the topic '\(target)', from where events come to all subscriptions again: "
                    + "name one that no events are routed to")
        }
        guard !configuration.ownTopics.contains(target) else {
            throw Self.fault("is the topic '\(target)', which is the router's own: name another")
        }
        let topics: [TopicSpecification]
        do { topics = try await self.dispatcher.log.topics() } catch { throw ServiceError(error) }
        guard topics.contains(where: { $0.topic == target }) else {
            throw Self.fault("is the topic '\(target)', which is not there: make it first")
        }
        guard self.dispatcher.isRouted(subscription) else { return }
        let others = self.catalog.withLock { catalog in
            catalog.stored.values.count { TopicSink.isMeant(by: $0.subscription.sink) && $0.subscription.id != subscription.id }
        }
        guard others < configuration.routesMax else {
            throw ServiceError(
                .limitExceeded, "there are at most \(configuration.routesMax) subscriptions to topics: delete one")
        }
    }

    /// Refuses a change between a topic and a URL: what one has done the other could not go on from.
    static func checkKind(_ old: Subscription, _ new: Subscription) throws(ServiceError) {
        guard TopicSink.isMeant(by: old.sink) != TopicSink.isMeant(by: new.sink) else { return }
        throw Self.fault("cannot be changed from a topic to a URL, or the reverse: make another subscription")
    }

    /// The first positions of a group that the log routes with: of every partition, so that none is taken for one that
    /// was added later.
    func routeStarts(
        _ starts: Dispatcher.Starts, group: ConsumerGroup
    ) async throws(EventLogError) -> [GroupCommit] {
        let topics = Set(self.dispatcher.configuration.eventTopics)
        return try await self.dispatcher.fedPartitions().filter { topics.contains($0.topic) }.map { topicPartition in
            GroupCommit(
                group: group, topicPartition: topicPartition,
                committed: CommittedOffset(offset: starts.offsets[topicPartition] ?? .zero))
        }
    }

    /// Records that were not read yet for a subscription that the log routes by itself.
    func routeLag(_ stored: StoredSubscription) async throws(EventLogError) -> Int64 {
        let log = self.dispatcher.log
        let group = GroupName.cursor(of: stored.subscription.id, generation: stored.generation)
        let committed = try await log.committed(groupsWithPrefix: group.name)[group] ?? [:]
        let topics = Set(self.dispatcher.configuration.eventTopics)
        var lag: Int64 = 0
        for topicPartition in try await self.dispatcher.fedPartitions() where topics.contains(topicPartition.topic) {
            let bounds = try await log.bounds(of: topicPartition)
            let next = committed[topicPartition]?.offset ?? stored.startOffsets[topicPartition] ?? .zero
            lag += max(0, bounds.end.value - max(next, bounds.start).value)
        }
        return lag
    }

    private static func fault(_ detail: String) -> ServiceError {
        ServiceError(
            .unprocessable, "the sink cannot be used: it \(detail)", errors: [.init(pointer: "/sink", detail: detail)])
    }
}
