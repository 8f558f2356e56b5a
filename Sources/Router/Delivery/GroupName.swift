import EventLog
import Subscriptions

/// The names under which positions are committed.
public enum GroupName {
    /// What all attached subscriptions have settled.
    public static let tail = ConsumerGroup("portarium.tail")
    /// All cursors of subscriptions and replays start with this.
    public static let cursorPrefix = "portarium.subscription."

    /// One subscription's, or replay's, own cursors.
    ///
    /// The generation is part of the name: a commit that is still under way when a subscription is deleted and another
    /// takes its id must not fall on the heir.
    public static func cursor(of id: SubscriptionID, generation: String) -> ConsumerGroup {
        ConsumerGroup("\(self.cursorPrefix)\(id.tenant)/\(id.name)/\(generation)")
    }
}
