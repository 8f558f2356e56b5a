import Delivery
import EventLog
import Subscriptions
import Synchronization

extension LogEventQueryService {
    /// The fate of an event for several subscriptions, in their order.
    ///
    /// - Parameter entries: what the journal has of the event, oldest first, each with the position of the event
    ///   itself, see ``attributed(_:to:)``.
    /// - Parameter elsewhere: what is committed of the event's partition where another process dispatches it.
    /// - Parameter routes: how far the log has routed the partition by itself.
    func fates(
        of stored: StoredEvent, for subscriptions: [StoredSubscription], _ entries: [AttemptEntry],
        _ elsewhere: CommittedStanding?, _ routes: [ConsumerGroup: Offset]
    ) -> [EventTrace.SubscriptionFate] {
        let matches = zip(subscriptions, self.compiled(subscriptions)).map { subscription, compiled in
            Self.match(stored, subscription, compiled)
        }
        let matched = zip(subscriptions, matches).filter(\.1.matched).map(\.0)
        let entries = Dictionary(grouping: entries, by: \.subscription)
        let here = elsewhere == nil ? self.standings(of: stored.position, for: matched) : [:]
        return zip(subscriptions, matches).map { subscription, match in
            let id = subscription.subscription.id
            let own = entries[id.name] ?? []
            var fate = EventTrace.SubscriptionFate(
                subscription: id.name, matched: match.matched, reason: match.reason, state: .filtered,
                attempts: own.filter(\.isAttempt).map { entry in
                    EventTrace.Attempt(
                        atMilliseconds: entry.at.milliseconds, status: entry.status, error: entry.error,
                        durationMilliseconds: entry.durationMilliseconds)
                })
            guard match.matched else { return fate }
            let standing =
                self.routeStanding(of: stored, for: subscription, routes)
                ?? elsewhere?.standing(of: stored.position.offset, for: subscription, own) ?? here[id] ?? .pending
            (fate.state, fate.reason) = self.state(of: stored, for: subscription, standing, own, match.reason)
            return fate
        }
    }

    /// Whether a subscription wants an event, and why.
    private static func match(
        _ stored: StoredEvent, _ subscription: StoredSubscription, _ compiled: CompiledSubscription?
    ) -> MatchExplanation {
        let judge: CompiledSubscription
        do throws(FilterError) {
            if let compiled { judge = compiled } else { judge = try CompiledSubscription(subscription.subscription) }
        } catch { return MatchExplanation(matched: false, reason: error.detail) }
        if let start = subscription.startOffsets[stored.position.topicPartition], stored.position.offset < start {
            return MatchExplanation(matched: false, reason: "the event lies before the subscription's start")
        }
        return judge.explain(stored.event)
    }

    /// What the machine matches with, under one lock; nil where it does not know a subscription, or knows that it
    /// cannot be used.
    private func compiled(_ subscriptions: [StoredSubscription]) -> [CompiledSubscription?] {
        let faults = self.subscriptions.catalog.withLock { $0.faults }
        return self.dispatcher.core.look { state in
            subscriptions.map { subscription in
                let id = subscription.subscription.id
                return faults[id] == nil ? state.machine.slot(of: id).flatMap { state.compiled[$0] } : nil
            }
        }
    }

    private func standings(
        of position: Position, for subscriptions: [StoredSubscription]
    ) -> [SubscriptionID: DeliveryStateMachine.Standing] {
        self.dispatcher.core.look { state in
            var standings: [SubscriptionID: DeliveryStateMachine.Standing] = [:]
            for subscription in subscriptions {
                let id = subscription.subscription.id
                standings[id] = state.machine.standing(of: position, for: id)
            }
            return standings
        }
    }

    /// How far the delivery of an event that matches is, and why, where there is more to say than why it matches.
    private func state(
        of stored: StoredEvent, for subscription: StoredSubscription, _ standing: DeliveryStateMachine.Standing,
        _ entries: [AttemptEntry], _ reason: String
    ) -> (EventTrace.State, String) {
        if self.dispatcher.deadLetters.isDeadLettered(generation: subscription.generation, origin: stored.position) {
            return (.deadLettered, reason)
        }
        let isHeld = subscription.status != .active
        let held: (EventTrace.State, String) = (.pending, Self.holding(subscription))
        switch standing {
        case .pending: return isHeld ? held : (.pending, reason)
        case .retrying: return isHeld ? held : (.retrying, reason)
        case .settled: break
        }
        // Settled, and no dead letter now: delivered, or a dead letter that was redriven or is gone. That one became a
        // dead letter may be told late, so that these entries count, and the times of the others.
        let deadLettered = entries.count { $0.outcome == .deadLettered }
        let taken = entries.count { $0.outcome == .redriven || $0.outcome == .discarded }
        if deadLettered > taken { return (.deadLettered, "the dead letter is kept no longer") }
        switch entries.last(where: { $0.outcome != .deadLettered })?.outcome {
        case .redriven where isHeld, .failed where isHeld: return held
        case .redriven: return (.pending, "the dead letter was redriven and is not delivered yet")
        case .failed: return (.retrying, reason)
        case .discarded: return (.deadLettered, "the dead letter was discarded")
        default: return (.delivered, reason)
        }
    }

    /// How far the log is that routes by itself; nil for other subscriptions.
    private func routeStanding(
        of stored: StoredEvent, for subscription: StoredSubscription, _ routes: [ConsumerGroup: Offset]
    ) -> DeliveryStateMachine.Standing? {
        guard self.dispatcher.isRouted(subscription.subscription) else { return nil }
        let group = GroupName.cursor(of: subscription.subscription.id, generation: subscription.generation)
        return stored.position.offset < routes[group] ?? .zero ? .settled : .pending
    }

    private static func holding(_ subscription: StoredSubscription) -> String {
        let reason = subscription.statusReason.map { ": \($0)" } ?? ""
        return "the subscription is \(subscription.status.rawValue)\(reason)"
    }

    /// The entries that are about an event at its own place: those of its deliveries, and those of redrives of it,
    /// which name the place in the redrive topic and get the event's instead. Other events with the same id fall out.
    /// In the order of their times: the journal is written in batches, behind what it tells of.
    func attributed(
        _ entries: [AttemptEntry], to stored: StoredEvent
    ) async throws(EventLogError) -> [AttemptEntry] {
        var found: [AttemptEntry] = []
        for var entry in entries {
            if entry.position.topic == self.dispatcher.configuration.redriveTopic {
                guard let record = try await self.dispatcher.log.record(at: entry.position),
                    let origin = Position(originOf: record), record.headers["portarium_replayid"] == nil
                else { continue }
                entry.position = origin
            }
            if entry.position == stored.position { found.append(entry) }
        }
        return found.sorted { ($0.at, $0.rank) < ($1.at, $1.rank) }
    }
}
