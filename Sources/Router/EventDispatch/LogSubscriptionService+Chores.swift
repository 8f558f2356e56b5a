import EventLog
import Subscriptions

extension LogSubscriptionService {
    /// What the router owes the log on its own account.
    enum Chore: Retryable {
        case suspend(Suspension)
        case deleteGroup(ConsumerGroup)
        /// Writes the tombstone of a record that should not be there.
        case bury(SubscriptionRecordKey)

        /// What it is about.
        enum Subject: Hashable {
            case subscription(SubscriptionID)
            case group(ConsumerGroup)
        }

        var retryKey: Subject {
            switch self {
            case .suspend(let suspension): .subscription(suspension.id)
            case .deleteGroup(let group): .group(group)
            case .bury(let key): .subscription(key.id)
            }
        }
    }

    /// A wish of the delivery machine to suspend a subscription.
    struct Suspension: Sendable {
        var id: SubscriptionID
        var generation: String
        var reason: String
        /// Whether it still holds: a change or a resume that came after it has the last word.
        var isCurrent: @Sendable () -> Bool
    }
}
