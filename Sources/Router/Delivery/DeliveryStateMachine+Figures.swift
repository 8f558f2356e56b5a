import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// What a dashboard shows of one subscription, or of a replay, which is one with an end.
    public struct SubscriptionFigures: Sendable, Hashable {
        public var id: SubscriptionID
        public var status: StoredSubscription.Status
        public var isCatchingUp: Bool
        public var isReplay: Bool
        /// Records not yet read for it or not yet settled.
        public var lag: Int64
    }

    /// What waits in memory.
    public struct QueueFigures: Sendable, Hashable {
        /// Events of all subscriptions; one that several want counts for each of them.
        public var heldRecords = 0
        /// Ordering keys whose first event waits for its next attempt.
        public var retriesScheduled = 0
    }

    /// All subscriptions and replays that have not ended, in no order. Costs a step a subscription, and one for each of
    /// its cursors: a subscription that keeps up has few.
    public func subscriptionFigures(ends: [TopicPartition: Offset]) -> [SubscriptionFigures] {
        let open = self.tails.map { tail in
            tail.isAssigned ? max(0, (ends[tail.topicPartition]?.value ?? tail.position) - tail.position) : 0
        }
        let sum = open.reduce(0, +)
        return self.slots.compactMap { id, slot in
            let subscription = self.subscriptions[slot]
            guard !subscription.isRemoved, !subscription.isCompleted else { return nil }
            let specification = subscription.specification
            var figures = SubscriptionFigures(
                id: id, status: specification.status, isCatchingUp: false, isReplay: specification.isReplay,
                lag: specification.isReplay ? 0 : sum)
            for (tail, cursor) in subscription.cursors where self.tails[tail].isAssigned {
                let position = self.tails[tail].position
                let end = ends[self.tails[tail].topicPartition]?.value ?? position
                let read = cursor.isDetached ? cursor.tracker.position : max(position, cursor.tracker.position)
                if !specification.isReplay { figures.lag -= open[tail] }
                figures.lag += max(0, min(end, cursor.until ?? end) - read) + Int64(cursor.tracker.unsettledCount)
                if cursor.isDetached { figures.isCatchingUp = true }
            }
            return figures
        }
    }

    /// Costs a step for each ordering key that has events in memory.
    public var queueFigures: QueueFigures {
        self.slots.values.reduce(into: QueueFigures()) { figures, slot in
            figures.heldRecords += self.subscriptions[slot].heldEvents
            figures.retriesScheduled += self.subscriptions[slot].lanes.values.count { lane in
                if case .waiting = lane.state { true } else { false }
            }
        }
    }
}
