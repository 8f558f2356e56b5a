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
    /// - Throws: `unprocessable`; `limitExceeded` over ``DispatchConfiguration/routesMax`` or
    ///   ``DispatchConfiguration/routesPerTenantMax``; `unavailable`.
    func checkTarget(of subscription: Subscription) async throws(ServiceError) {
        guard let target = self.dispatcher.target(of: subscription) else { return }
        let configuration = self.dispatcher.configuration
        guard !configuration.eventTopics.contains(target) else {
            throw Self.fault(
                "is the topic '\(target)', from where events come to all subscriptions again: "
                    + "name one that no events are routed to")
        }
        guard !configuration.isOwn(target) else {
            throw Self.fault("is the topic '\(target)', which is the router's own: name another")
        }
        let topics: [TopicSpecification]
        do { topics = try await self.dispatcher.log.topics() } catch { throw ServiceError(error) }
        guard topics.contains(where: { $0.topic == target }) else {
            throw Self.fault(
                "is the topic '\(target)', which is not there: make it first, or name it in log.sinkTopics")
        }
        if self.dispatcher.isRouted(subscription) { try self.checkRoom(for: subscription.id) }
    }

    /// Refuses a new one that would be too many; those that there are may be changed.
    private func checkRoom(for id: SubscriptionID) throws(ServiceError) {
        let others = self.catalog.withLock { catalog -> [SubscriptionID]? in
            guard catalog[id] == nil else { return nil }
            return catalog.stored.values.filter { TopicSink.isMeant(by: $0.subscription.sink) }.map(\.subscription.id)
        }
        guard let others else { return }
        let configuration = self.dispatcher.configuration
        guard others.count < configuration.routesMax else {
            throw ServiceError(
                .limitExceeded,
                "there are at most \(configuration.routesMax) subscriptions to topics, of all tenants: delete one")
        }
        guard others.count(where: { $0.tenant == id.tenant }) < configuration.routesPerTenantMax else {
            throw ServiceError(
                .limitExceeded,
                "the tenant has at most \(configuration.routesPerTenantMax) subscriptions to topics: delete one")
        }
    }

    /// Refuses a change between a topic and a URL: what one has done the other could not go on from.
    static func checkKind(_ old: Subscription, _ new: Subscription) throws(ServiceError) {
        guard TopicSink.isMeant(by: old.sink) != TopicSink.isMeant(by: new.sink) else { return }
        throw Self.fault("cannot be changed from a topic to a URL, or the reverse: make another subscription")
    }

    /// How a subscription does that the log routes by itself: what failed, as far as this process takes part.
    func routeView(_ stored: StoredSubscription, _ standing: SharedStanding?) -> SubscriptionView {
        let status: SubscriptionView.Status =
            switch stored.status {
            case .active: .active
            case .paused: .paused
            case .suspended: .suspended
            }
        let here = self.routeStandings.withLock { $0 }(stored.subscription.id)
        return SubscriptionView(
            stored: stored, status: status, lag: standing?.routeLag(of: stored) ?? 0, lastError: here?.lastError,
            lostOffsets: here?.lostOffsets ?? 0)
    }

    private static func fault(_ detail: String) -> ServiceError {
        ServiceError(
            .unprocessable, "the sink cannot be used: it \(detail)", errors: [.init(pointer: "/sink", detail: detail)])
    }
}
