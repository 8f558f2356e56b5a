import EventLog
import Subscriptions

/// A subscription (or replay) as the simulated catalog keeps it: durable.
struct SimulatedSubscription: Sendable {
    /// How its sink behaves; drawn anew now and then.
    enum Temper: CaseIterable, Sendable {
        case fine
        case slow
        case throttled
        case failing
        case picky
        case hanging
        case resetting
    }

    let id: SubscriptionID
    let generation: String
    var kinds: Set<Int>
    /// Kinds that every filter since creation has accepted, and that any has: between the two the position decides.
    var alwaysKinds: Set<Int>
    var everKinds: Set<Int>
    var config: SubscriptionConfiguration
    var status: StoredSubscription.Status = .active
    var temper: Temper = .fine
    let starts: [TopicPartition: Offset]
    /// For a replay.
    var until: [TopicPartition: Int64] = [:]
    var isReplay = false
    var isCompleted = false
}
