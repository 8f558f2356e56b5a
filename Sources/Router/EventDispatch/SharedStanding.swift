import Delivery
import EventLog
import Subscriptions

/// How subscriptions do in the partitions that other processes dispatch, as far as it is committed.
struct SharedStanding: Sendable {
    /// Of the partitions of others.
    let bounds: [TopicPartition: OffsetBounds]
    let tails: [TopicPartition: CommittedOffset]
    let cursors: [ConsumerGroup: [TopicPartition: CommittedOffset]]
    /// Of all partitions of event topics, where the log routes subscriptions by itself.
    let routed: [TopicPartition: OffsetBounds]

    /// Records that the log has not read yet for a subscription that it routes by itself.
    func routeLag(of stored: StoredSubscription) -> Int64 {
        let group = GroupName.cursor(of: stored.subscription.id, generation: stored.generation)
        let committed = self.cursors[group] ?? [:]
        return self.routed.reduce(0) { lag, place in
            let next = committed[place.key]?.offset ?? stored.startOffsets[place.key] ?? .zero
            return lag + max(0, place.value.end.value - max(next, place.value.start).value)
        }
    }

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
    /// - Parameter includesRouted: also how those do that the log routes by itself, in all partitions.
    func standingElsewhere(
        groupsWithPrefix prefix: String, includesRouted: Bool = false
    ) async throws(EventLogError) -> SharedStanding? {
        let partitions = try await self.fedPartitions()
        let others = partitions.filter { topicPartition in
            self.core.look { $0.machine.assignment(of: topicPartition) == nil }
        }
        guard !others.isEmpty || includesRouted else { return nil }
        let cursors = try await self.log.committed(groupsWithPrefix: prefix)
        let tails = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail]
        let routed = partitions.filter { includesRouted && $0.topic != self.configuration.redriveTopic }
        let bounds = try await self.bounds(of: Set(others + routed).sorted())
        let (foreign, all) = (Set(others), Set(routed))
        return SharedStanding(
            bounds: bounds.filter { foreign.contains($0.key) }, tails: tails ?? [:], cursors: cursors,
            routed: bounds.filter { all.contains($0.key) })
    }
}
