import Delivery
import EventLog
import Subscriptions

/// How far one partition is that another process dispatches, as it was committed last.
struct CommittedStanding: Sendable {
    let topicPartition: TopicPartition
    /// Below it everything is settled for whoever has no cursor of its own.
    let tail: Offset
    let cursors: [ConsumerGroup: SubscriptionCursor]

    /// What became of an event that matches. What the journal says is newer than what is committed.
    /// - Parameter entries: what it has of the event and the subscription, oldest first.
    func standing(
        of offset: Offset, for subscription: StoredSubscription, _ entries: [AttemptEntry]
    ) -> DeliveryStateMachine.Standing {
        if self.isSettled(offset.value, for: subscription) { return .settled }
        switch entries.last(where: { $0.outcome != .deadLettered })?.outcome {
        case .delivered, .redriven, .discarded: return .settled
        case .failed:
            return entries.contains { $0.outcome == .deadLettered }
                ? .settled : .retrying(attempts: entries.count { $0.outcome == .failed })
        case .deadLettered, nil: return entries.isEmpty ? .pending : .settled
        }
    }

    private func isSettled(_ offset: Int64, for subscription: StoredSubscription) -> Bool {
        let group = GroupName.cursor(of: subscription.subscription.id, generation: subscription.generation)
        guard let cursor = self.cursors[group], cursor.generation == subscription.generation else {
            return offset < self.tail.value
        }
        // Attached, the tail's commit waits for it: what lies below that is settled, whatever the cursor said before.
        if !cursor.isDetached, offset < self.tail.value { return true }
        return offset < cursor.position && !cursor.unsettled.contains(offset)
    }
}

extension Dispatcher {
    /// What is committed of a partition for a tenant's subscriptions; nil where this process dispatches it, or has the
    /// log alone.
    func committedStanding(
        in topicPartition: TopicPartition, tenant: String
    ) async throws(EventLogError) -> CommittedStanding? {
        guard self.log.isShared, !self.core.look({ $0.machine.isAssigned(topicPartition) }) else { return nil }
        let committed = try await self.log.committed(groupsWithPrefix: "\(GroupName.cursorPrefix)\(tenant)/")
        let tails = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail]
        return CommittedStanding(
            topicPartition: topicPartition, tail: tails?[topicPartition]?.offset ?? .zero,
            cursors: committed.compactMapValues { $0[topicPartition].flatMap { SubscriptionCursor($0) } })
    }
}
