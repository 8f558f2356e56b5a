import Delivery
import EventLog
import Subscriptions
import Synchronization

/// What dashboards show of dispatch, as it is at one moment.
public struct DispatchFigures: Sendable {
    public var totals: DeliveryStateMachine.Totals
    public var queues: DeliveryStateMachine.QueueFigures
    /// Subscriptions by id, replays apart.
    public var subscriptions: [DeliveryStateMachine.SubscriptionFigures]
    /// Replays that are sending.
    public var replaysRunning: Int
    /// Where the tail reads next, by partition.
    public var tailPositions: [(topicPartition: TopicPartition, position: Offset)]
    /// Attempts that were not recorded since the start, because the log did not keep up.
    public var attemptsDropped: Int
}

extension Dispatcher {
    /// Looks at everything in one step, which the delivery waits for: for scrapes, not for requests.
    public var figures: DispatchFigures {
        var figures = self.core.look { state in
            let all = state.machine.subscriptionFigures(ends: state.ends)
            return DispatchFigures(
                totals: state.machine.totals, queues: state.machine.queueFigures,
                subscriptions: all.filter { !$0.isReplay },
                replaysRunning: all.count { $0.isReplay && $0.status == .active },
                tailPositions: state.ends.keys.compactMap { topicPartition in
                    state.machine.tailPosition(of: topicPartition).map { (topicPartition, $0) }
                },
                attemptsDropped: 0)
        }
        if let replaying = self.replaying.withLock({ $0 }) { figures.add(replaying.figures) }
        figures.subscriptions.sort { $0.id < $1.id }
        figures.tailPositions.sort { $0.topicPartition < $1.topicPartition }
        figures.attemptsDropped = self.journal.dropped
        return figures
    }
}

extension DispatchFigures {
    /// Adds those of the dispatcher that sends the replays. The attempts not recorded are the same journal's.
    fileprivate mutating func add(_ replays: DispatchFigures) {
        self.totals.inFlight += replays.totals.inFlight
        self.totals.heldBytes += replays.totals.heldBytes
        self.totals.fetchesInFlight += replays.totals.fetchesInFlight
        self.totals.circuitsOpen += replays.totals.circuitsOpen
        self.totals.detachedCursors += replays.totals.detachedCursors
        self.queues.heldRecords += replays.queues.heldRecords
        self.queues.retriesScheduled += replays.queues.retriesScheduled
        self.replaysRunning += replays.replaysRunning
    }
}
