import Delivery
import EventLog
import Subscriptions
import Synchronization

extension LogReplayService {
    /// A subscription was changed or deleted: the replays to it are told.
    func followChange(of id: SubscriptionID) {
        for replay in self.shelf.withLock({ $0.live(tenant: id.tenant, subscription: id.name) }) {
            self.bringIntoForce(replay.key)
        }
    }

    /// Tells the machine what a replay is now. One that can go on no more is held at once, and fails.
    func bringIntoForce(_ key: ReplayKey) {
        self.telling.withLock { _ in
            guard let replay = self.replay(key), !replay.isEnded, !replay.isUnreadable else { return }
            do throws(ServiceError) {
                let (specification, compiled) = try self.specification(replay)
                self.dispatcher.changeReplay(specification, compiled: compiled)
            } catch {
                self.dispatcher.holdReplay(replay.machineID)
                self.add(.fail(key, reason: error.message))
            }
        }
    }

    /// Hands a replay to the machine. One that cannot be sent fails.
    func begin(_ replay: StoredReplay, cursors: [TopicPartition: CommittedOffset]) {
        self.dispatcher.deadLetters.file(replay.key, under: replay.subscription)
        self.telling.withLock { _ in
            do throws(ServiceError) {
                let (specification, compiled) = try self.specification(replay)
                let starts = replay.ranges.map { ($0.topicPartition, Offset($0.from)) }
                self.dispatcher.introduceReplay(
                    specification, compiled: compiled, starts: Dictionary(starts) { first, _ in first },
                    cursors: cursors.compactMapValues { SubscriptionCursor($0) })
            } catch {
                self.add(.fail(replay.key, reason: error.message))
            }
        }
    }

    private func specification(
        _ replay: StoredReplay
    ) throws(ServiceError) -> (DeliverySpecification, CompiledSubscription) {
        let (subscription, isHeld) = try self.target(replay)
        let specification = DeliverySpecification(
            id: replay.machineID, generation: replay.generation, config: subscription.config,
            destination: Destination(subscription), status: isHeld || replay.status == .paused ? .paused : .active,
            replayID: replay.id,
            until: Dictionary(replay.ranges.map { ($0.topicPartition, $0.to) }) { first, _ in first })
        return (specification, try Self.compile(subscription))
    }

    func compile(_ replay: StoredReplay) throws(ServiceError) -> CompiledSubscription {
        try Self.compile(self.target(replay).subscription)
    }

    private static func compile(_ subscription: Subscription) throws(ServiceError) -> CompiledSubscription {
        do { return try CompiledSubscription(subscription) } catch {
            throw ServiceError(error)
        }
    }

    /// The subscription that a replay is like: the named one's sink, settings and filters, or an isolated sink; and
    /// whether the named one is not sent to now.
    private func target(_ replay: StoredReplay) throws(ServiceError) -> (subscription: Subscription, isHeld: Bool) {
        var subscription: Subscription
        var isHeld = false
        if let name = replay.subscription {
            guard let stored = self.subscriptions.stored(SubscriptionID(tenant: replay.tenant, name: name)) else {
                throw Self.noSubscription(name)
            }
            guard stored.generation == replay.subscriptionGeneration ?? stored.generation else {
                throw ServiceError(.notFound, "the subscription '\(name)' was deleted, and another has its name")
            }
            subscription = stored.subscription
            subscription.filters += replay.filters
            isHeld = stored.status != .active
        } else {
            subscription = Subscription(id: replay.machineID, filters: replay.filters, sink: replay.sink ?? "")
        }
        subscription.id = replay.machineID
        if let correlationID = replay.correlationID {
            subscription.filters.append(.exact(["correlationid": correlationID]))
        }
        subscription.config.rateLimitPerSecond = replay.ratePerSecond ?? subscription.config.rateLimitPerSecond
        return (subscription, isHeld)
    }

    static func noSubscription(_ name: String) -> ServiceError {
        ServiceError(.notFound, "there is no subscription '\(name)': it was deleted, or never was")
    }
}

extension Dispatcher {
    /// Takes up a replay: a subscription with an end that the tail does not feed.
    func introduceReplay(
        _ specification: DeliverySpecification, compiled: CompiledSubscription, starts: [TopicPartition: Offset],
        cursors: [TopicPartition: SubscriptionCursor]
    ) {
        self.core.step { state, now in
            // The filter is in place before the first read can begin: the slot is known only after `add`.
            let slot = state.machine.add(specification, starts: starts, cursors: cursors, now: now)
            state.compiled[slot] = compiled
        }
    }

    /// Puts a changed replay into force, where it is under way.
    func changeReplay(_ specification: DeliverySpecification, compiled: CompiledSubscription) {
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: specification.id) else { return }
            state.compiled[slot] = compiled
            state.machine.update(specification, now: now)
        }
    }

    /// Sends nothing more of a replay; it stays until it is dismissed.
    func holdReplay(_ id: SubscriptionID) {
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: id), var specification = state.machine.specification(at: slot)
            else { return }
            specification.status = .paused
            state.machine.update(specification, now: now)
        }
    }
}
