import Delivery
import EventLog
import Subscriptions

/// How subscriptions do in the partitions that other processes dispatch, as far as it is committed.
struct SharedStanding: Sendable {
    /// Of the partitions of others.
    let bounds: [TopicPartition: OffsetBounds]
    let tails: [TopicPartition: CommittedOffset]
    let cursors: [ConsumerGroup: [TopicPartition: CommittedOffset]]

    /// Records not yet read or not yet settled, and whether it reads apart from the tail.
    func standing(of stored: StoredSubscription) -> (lag: Int64, isCatchingUp: Bool) {
        let group = GroupName.cursor(of: stored.subscription.id, generation: stored.generation)
        let cursors = self.cursors[group] ?? [:]
        var (lag, isCatchingUp) = (Int64(0), false)
        for (topicPartition, bounds) in self.bounds {
            let tail = (self.tails[topicPartition]?.offset ?? bounds.start).value
            let cursor = cursors[topicPartition].flatMap { SubscriptionCursor($0) }
            let own = cursor.flatMap { $0.generation == stored.generation ? $0 : nil }
            guard let own else {
                let read = max(tail, stored.startOffsets[topicPartition]?.value ?? 0)
                lag += max(0, bounds.end.value - read)
                continue
            }
            if own.isDetached {
                lag += max(0, bounds.end.value - max(own.position, bounds.start.value)) + Int64(own.unsettled.count)
                if own.position < tail { isCatchingUp = true }
            } else {
                lag += max(0, bounds.end.value - max(own.position, tail))
                lag += Int64(own.unsettled.count { $0 >= tail })
            }
        }
        return (lag, isCatchingUp)
    }
}

extension Dispatcher {
    /// Reads how the subscriptions do whose cursors' groups begin with `prefix`, in the partitions that are not this
    /// process's; nil where all are.
    func standingElsewhere(groupsWithPrefix prefix: String) async throws(EventLogError) -> SharedStanding? {
        let others = try await self.fedPartitions().filter { topicPartition in
            self.core.look { $0.machine.assignment(of: topicPartition) == nil }
        }
        guard !others.isEmpty else { return nil }
        let cursors = try await self.log.committed(groupsWithPrefix: prefix)
        let tails = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail]
        return SharedStanding(bounds: try await self.bounds(of: others), tails: tails ?? [:], cursors: cursors)
    }
}
