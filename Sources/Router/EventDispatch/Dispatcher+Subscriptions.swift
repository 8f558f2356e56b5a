import Delivery
import EventLog
import Subscriptions
import Transforms

extension Dispatcher {
    /// Takes up a stored subscription with the cursors that were committed for it.
    func introduce(
        _ stored: StoredSubscription, compiled: CompiledSubscription,
        cursors: [TopicPartition: CommittedOffset], isNew: Bool
    ) {
        guard !self.isRouted(stored.subscription) else { return }
        let specification = self.specification(stored)
        let isTopic = TopicSink.isMeant(by: stored.subscription.sink)
        let decoded = cursors.compactMapValues { committed in
            // What the log has routed by itself, it has left a bare position of.
            isTopic && committed.metadata.isEmpty
                ? SubscriptionCursor(
                    generation: stored.generation, isDetached: true, position: committed.offset.value)
                : SubscriptionCursor(committed)
        }
        self.core.step { state, now in
            let slot = state.machine.add(
                specification, starts: stored.startOffsets, cursors: decoded, isNew: isNew, now: now)
            state.compiled[slot] = compiled
            state.index.insert(compiled, slot: slot)
            state.version += 1
        }
    }

    /// Takes up a subscription that a record of a shared log tells of. Where it stands is read from the log; one that
    /// is new may not have got as far as the tails.
    /// - Throws: where the log does not say: then nothing is taken up.
    func introduceFromLog(_ stored: StoredSubscription, compiled: CompiledSubscription) async throws(EventLogError) {
        guard await self.placing.enter(waitMax: TopicFollower.waitMax) else { throw .busy }
        defer { self.placing.leave() }
        var cursors: [TopicPartition: CommittedOffset] = [:]
        // Without a partition there is no place to find: it is read when one comes.
        if !self.core.look({ $0.machine.isIdle }) {
            let group = GroupName.cursor(of: stored.subscription.id, generation: stored.generation)
            cursors = try await self.log.committed(groupsWithPrefix: group.name)[group] ?? [:]
        }
        self.introduce(stored, compiled: compiled, cursors: cursors, isNew: stored.revision == 1)
    }

    /// Puts a changed subscription into force.
    func change(_ stored: StoredSubscription, compiled: CompiledSubscription) {
        let specification = self.specification(stored)
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: specification.id) else { return }
            state.compiled[slot] = compiled
            state.index.remove(slot: slot)
            state.index.insert(compiled, slot: slot)
            state.version += 1
            state.machine.update(specification, now: now)
        }
    }

    /// Lets a subscription, or a replay, go.
    func dismiss(_ id: SubscriptionID) {
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: id) else { return }
            state.index.remove(slot: slot)
            state.compiled[slot] = nil
            state.version += 1
            state.machine.remove(id, now: now)
        }
    }

    /// What the machine knows of a subscription or replay now; nil where it knows none of this generation.
    func specification(of id: SubscriptionID, generation: String) -> DeliverySpecification? {
        self.core.look { state in
            guard let slot = state.machine.slot(of: id), let found = state.machine.specification(at: slot) else {
                return nil
            }
            return found.generation == generation ? found : nil
        }
    }

    /// Which of those of that name a subscription or replay is; empty where there is none any more.
    func generation(of id: SubscriptionID) -> String {
        self.core.look { state in
            state.machine.slot(of: id).flatMap { state.machine.specification(at: $0)?.generation } ?? ""
        }
    }

    /// How a subscription or replay does.
    func standing(of id: SubscriptionID) -> DeliveryStateMachine.SubscriptionStanding? {
        self.core.look { state in state.machine.standing(of: id, ends: state.ends) }
    }

    private func specification(_ stored: StoredSubscription) -> DeliverySpecification {
        let subscription = stored.subscription
        var config = subscription.config
        config.rateLimitPerSecond = stored.rateLimitPerSecond
        return DeliverySpecification(
            id: subscription.id, generation: stored.generation, config: config,
            destination: Destination(subscription, trust: self.vault.trust(of: stored, now: DispatchClock.wall)),
            status: stored.status)
    }
}

extension Destination {
    convenience init(_ subscription: Subscription, trust: OutboundTrust) {
        var trust = trust
        let transform = subscription.config.transform.flatMap { try? EventTransform(text: $0) }
        // Nothing is sent as it is where it was to be changed.
        if subscription.config.transform != nil, transform == nil { trust.fault = "its transform cannot be used" }
        self.init(
            sink: subscription.sink, origin: SinkURL.origin(ofSink: subscription.sink) ?? subscription.sink,
            mode: subscription.config.mode, protocolSettings: subscription.protocolSettings,
            timeoutMilliseconds: subscription.config.timeoutMilliseconds, trust: trust, transform: transform)
    }
}
