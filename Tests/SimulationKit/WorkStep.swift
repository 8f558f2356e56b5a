import EventLog
import Subscriptions

/// One step of a change to the catalog; between any two the process may die.
enum WorkStep {
    /// Positions are committed, so that a change takes effect at a recorded place. May do nothing, or fail.
    case beginCommit
    case finishCommit
    /// The first cursors of a subscription become durable.
    case commitCursors([GroupCommit])
    /// The catalog changes: a value, or nil for a tombstone.
    case append(SubscriptionID, SimulatedSubscription?)
    case add(SubscriptionID)
    case update(SimulatedSubscription)
    case remove(SubscriptionID, generation: String)
    case deleteGroup(ConsumerGroup)
}
