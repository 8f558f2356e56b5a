import DequeModule
import HeapModule

extension DeliveryStateMachine {
    /// How much the machine keeps, counted one by one: what tests and simulations hold against its limits.
    package struct Footprint: Sendable, Hashable {
        package var heldEvents = 0
        package var heldBytes = 0
        /// Events that the subscriptions say they hold.
        package var countedEvents = 0
        /// Of what is held, what cannot leave memory: in flight, or given up and being written.
        package var pinnedBytes = 0
        package var subscriptionBytesMax = 0
        package var lanes = 0
        package var ready = 0
        package var cursors = 0
        /// Offsets that one cursor remembers, settled ones between unsettled ones included.
        package var trackedMax = 0
        package var unsettledMax = 0
        /// Whether what is remembered of attempts is of events only that wait to be read again.
        package var isTriedUnloaded = true
        package var tried = 0
        package var timers = 0
        package var deadLetterings = 0
        /// Places in the queues of destinations.
        package var waiting = 0
        package var hungry = 0
        package var slots = 0
        package var destinations = 0
    }

    package var footprint: Footprint {
        var footprint = Footprint()
        footprint.timers = self.timers.count
        footprint.deadLetterings = self.deadLetterings.count
        footprint.waiting = self.destinations.reduce(0) { $0 + $1.waiting.count }
        footprint.slots = self.subscriptions.count
        footprint.destinations = self.destinationIndexes.count
        for subscription in self.subscriptions where !subscription.isRemoved {
            footprint.countedEvents += subscription.heldEvents
            footprint.subscriptionBytesMax = max(footprint.subscriptionBytesMax, subscription.heldBytes)
            footprint.lanes += subscription.lanes.count
            footprint.ready += subscription.ready.count
            footprint.cursors += subscription.cursors.count
            footprint.hungry += subscription.hungry.count
            for lane in subscription.lanes.values { footprint.count(lane) }
            for cursor in subscription.cursors.values { footprint.count(cursor) }
        }
        return footprint
    }
}

extension DeliveryStateMachine.Footprint {
    mutating func count(_ lane: Lane) {
        for (index, pending) in lane.pending.enumerated() {
            self.heldEvents += 1
            self.heldBytes += pending.event.size
            if index < lane.pinned { self.pinnedBytes += pending.event.size }
        }
    }

    mutating func count(_ cursor: SubscriptionState.Cursor) {
        self.trackedMax = max(self.trackedMax, cursor.tracker.trackedCount)
        self.unsettledMax = max(self.unsettledMax, cursor.tracker.unsettledCount)
        self.tried += cursor.tried.count
        guard !cursor.tried.isEmpty else { return }
        let unloaded = Set(cursor.tracker.unloaded)
        if !cursor.tried.keys.allSatisfy({ unloaded.contains($0) }) { self.isTriedUnloaded = false }
    }
}
