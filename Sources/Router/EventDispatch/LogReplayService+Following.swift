import Delivery
import EventLog
import Subscriptions
import Synchronization

extension LogReplayService {
    /// A subscription was changed or deleted: the replays to it are told.
    func followChange(of id: SubscriptionID) {
        guard self.isLeading else { return }
        for replay in self.shelf.withLock({ $0.live(tenant: id.tenant, subscription: id.name) }) {
            self.bringIntoForce(replay.key)
        }
    }

    /// Brings a stored change into force, where this process sends the replays.
    /// - Parameter old: what was in force before; nil for a new one.
    func bringIntoForce(_ replay: StoredReplay, from old: StoredReplay?) {
        let lead = self.telling.withLock { $0 }
        guard lead.isHeld else { return }
        self.counts.withLock { $0.cancel(replay.key) }
        if replay.isEnded {
            self.telling.withLock { _ in self.sender.dismiss(replay.machineID) }
            self.add(.deleteGroup(GroupName.cursor(of: replay.machineID, generation: replay.generation)))
        } else if replay.status == .counting {
            self.queueCount(replay.key)
        } else if old?.needsCount == true, !replay.needsCount {
            self.add(.takeUp(replay.key, term: lead.term))
        } else {
            self.bringIntoForce(replay.key)
        }
    }

    /// Tells the machine what a replay that it has is now. One that can go on no more is held at once, and fails.
    func bringIntoForce(_ key: ReplayKey) {
        self.telling.withLock { lead in
            guard lead.isHeld, let replay = self.replay(key), !replay.isEnded, !replay.isUnreadable,
                self.follower == nil || self.sender.standing(of: replay.machineID) != nil
            else { return }
            do throws(ServiceError) {
                let (specification, compiled) = try self.specification(replay)
                self.sender.changeReplay(specification, compiled: compiled)
            } catch {
                self.sender.holdReplay(replay.machineID)
                self.add(.fail(key, reason: error.message))
            }
        }
    }

    /// Hands a replay to the machine as it is stored now. One that cannot be sent fails.
    /// - Parameter term: nothing happens where the lead was lost since.
    func begin(_ key: ReplayKey, cursors: [TopicPartition: CommittedOffset], term: UInt64) {
        self.telling.withLock { lead in
            guard lead.isHeld, lead.term == term, let replay = self.replay(key), !replay.isEnded,
                !replay.needsCount, !replay.isUnreadable
            else { return }
            self.dispatcher.deadLetters.file(replay.key, under: replay.subscription)
            do throws(ServiceError) {
                let (specification, compiled) = try self.specification(replay)
                let starts = replay.ranges.map { ($0.topicPartition, Offset($0.from)) }
                self.sender.introduceReplay(
                    specification, compiled: compiled, starts: Dictionary(starts) { first, _ in first },
                    cursors: cursors.compactMapValues { SubscriptionCursor($0) })
            } catch {
                self.add(.fail(key, reason: error.message))
            }
        }
    }

    private func specification(
        _ replay: StoredReplay
    ) throws(ServiceError) -> (DeliverySpecification, CompiledSubscription) {
        let (subscription, isHeld, trust) = try self.target(replay)
        let specification = DeliverySpecification(
            id: replay.machineID, generation: replay.generation, config: subscription.config,
            destination: Destination(subscription, trust: trust),
            status: isHeld || replay.status == .paused ? .paused : .active,
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
    private func target(
        _ replay: StoredReplay
    ) throws(ServiceError) -> (subscription: Subscription, isHeld: Bool, trust: OutboundTrust) {
        var subscription: Subscription
        var isHeld = false
        var trust = OutboundTrust()
        if let name = replay.subscription {
            guard let stored = self.subscriptions.stored(SubscriptionID(tenant: replay.tenant, name: name)) else {
                throw Self.noSubscription(name)
            }
            guard stored.generation == replay.subscriptionGeneration ?? stored.generation else {
                throw ServiceError(.notFound, "the subscription '\(name)' was deleted, and another has its name")
            }
            subscription = stored.subscription
            subscription.filters += replay.filters
            subscription.config.rateLimitPerSecond = stored.rateLimitPerSecond
            isHeld = stored.status != .active
            trust = self.dispatcher.vault.trust(of: stored, now: DispatchClock.wall)
        } else {
            subscription = Subscription(id: replay.machineID, filters: replay.filters, sink: replay.sink ?? "")
        }
        subscription.id = replay.machineID
        if let correlationID = replay.correlationID {
            subscription.filters.append(.exact(["correlationid": correlationID]))
        }
        // What the subscription asks for, and what its sink allows, holds for a replay as well.
        subscription.config.rateLimitPerSecond =
            [replay.ratePerSecond, subscription.config.rateLimitPerSecond].compactMap { $0 }.min()
        return (subscription, isHeld, trust)
    }

    static func noSubscription(_ name: String) -> ServiceError {
        ServiceError(.notFound, "there is no subscription '\(name)': it was deleted, or never was")
    }
}
