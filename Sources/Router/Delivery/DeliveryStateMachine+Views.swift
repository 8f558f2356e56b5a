import DequeModule
import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// How a subscription does.
    public struct SubscriptionStanding: Sendable, Hashable {
        public var lag: Int64
        public var isCatchingUp: Bool
        public var inFlight: Int
        public var heldEvents: Int
        public var lastError: String?
        public var lostOffsets: Int64
        public var delivered: Int64
        public var deadLettered: Int64
    }

    /// What became of one event for one subscription, as far as the machine knows.
    public enum Standing: Sendable, Hashable {
        /// Not read yet, or waiting for its first attempt.
        case pending
        case retrying(attempts: Int)
        case settled
    }

    /// Numbers for dashboards.
    public struct Totals: Sendable, Hashable {
        public var inFlight: Int
        /// Bytes of the events in memory on their way to sinks. Over ``DeliveryLimits/heldBytesMax`` subscriptions are
        /// detached, and what they have not tried is dropped and read again later.
        public var heldBytes: Int
        public var fetchesInFlight: Int
        public var subscriptions: Int
        public var circuitsOpen: Int
        public var detachedCursors: Int
    }

    /// The slot of a subscription.
    public func slot(of id: SubscriptionID) -> Int? { self.slots[id] }

    /// Which subscription uses a slot.
    public func specification(at slot: Int) -> DeliverySpecification? {
        self.subscriptions.indices.contains(slot) && !self.subscriptions[slot].isRemoved
            ? self.subscriptions[slot].specification : nil
    }

    /// Where the tail reads next in a partition; nil where it is not this process's to read.
    public func tailPosition(of topicPartition: TopicPartition) -> Offset? {
        guard let tail = self.tailIndexes[topicPartition], self.tails[tail].isAssigned else { return nil }
        return Offset(self.tails[tail].position)
    }

    /// Which assignment of a partition is in force, from the call of ``assign(_:committed:cursors:now:)`` until
    /// ``beginRevoke(_:)``; nil where none is.
    public func assignment(of topicPartition: TopicPartition) -> UInt64? {
        guard let tail = self.tailIndexes[topicPartition], self.tails[tail].isAssigned else { return nil }
        return self.tails[tail].assignment
    }

    /// Whether no partition is this process's to read.
    public var isIdle: Bool { !self.tails.contains { $0.phase != .gone } }

    /// How a subscription does, given the ends of the partitions.
    public func standing(of id: SubscriptionID, ends: [TopicPartition: Offset]) -> SubscriptionStanding? {
        guard let slot = self.slots[id] else { return nil }
        let subscription = self.subscriptions[slot]
        var standing = SubscriptionStanding(
            lag: 0, isCatchingUp: false, inFlight: subscription.inFlight, heldEvents: subscription.heldEvents,
            lastError: subscription.lastError, lostOffsets: subscription.lostOffsets, delivered: 0, deadLettered: 0)
        for tail in self.tails.indices where self.tails[tail].isAssigned {
            let position = self.tails[tail].position
            let end = ends[self.tails[tail].topicPartition]?.value ?? position
            guard let cursor = subscription.cursors[tail] else {
                if !subscription.specification.isReplay { standing.lag += max(0, end - position) }
                continue
            }
            let read = cursor.isDetached ? cursor.tracker.position : max(position, cursor.tracker.position)
            standing.lag += max(0, min(end, cursor.until ?? end) - read) + Int64(cursor.tracker.unsettledCount)
            if cursor.isDetached { standing.isCatchingUp = true }
            standing.delivered += cursor.delivered
            standing.deadLettered += cursor.deadLettered
        }
        return standing
    }

    /// What became of an event for a subscription that it matches.
    public func standing(of position: Position, for id: SubscriptionID) -> Standing {
        guard let slot = self.slots[id], let tail = self.tailIndexes[position.topicPartition] else { return .pending }
        let offset = position.offset.value
        guard let cursor = self.subscriptions[slot].cursors[tail] else {
            return offset < self.tails[tail].position ? .settled : .pending
        }
        let read = cursor.isDetached ? cursor.tracker.position : max(self.tails[tail].position, cursor.tracker.position)
        guard offset < read else { return .pending }
        guard cursor.tracker.unsettled.contains(offset) else { return .settled }
        for lane in self.subscriptions[slot].lanes.values where lane.tail == tail {
            for pending in lane.pending where pending.event.position.offset == position.offset {
                return pending.attempts > 0 ? .retrying(attempts: pending.attempts) : .pending
            }
        }
        return .pending
    }

    /// Numbers for dashboards.
    public var totals: Totals {
        Totals(
            inFlight: self.flights.count, heldBytes: self.heldBytes, fetchesInFlight: self.fetchesInFlight,
            subscriptions: self.slots.count,
            circuitsOpen: self.destinations.count { $0.circuit.state != .closed },
            detachedCursors: self.tails.indices.reduce(0) { sum, tail in
                sum + self.tails[tail].slots.count { self.subscriptions[$0].cursors[tail]?.isDetached == true }
            })
    }

    /// Attempts of a tenant that are in flight.
    public func inFlight(ofTenant tenant: String) -> Int {
        self.tenantIndexes[tenant].map { self.tenants[$0].inFlight } ?? 0
    }

    /// Whether nothing is in flight and no dead letter is being written: a drain is complete.
    public var isQuiet: Bool { self.flights.isEmpty && self.deadLetterings.isEmpty }
}
