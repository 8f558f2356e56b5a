/// The whole story of one event.
public struct EventTrace: Sendable {
    /// One attempt, as it was recorded.
    public struct Attempt: Sendable {
        /// When it ended, milliseconds since the epoch.
        public var atMilliseconds: Int64
        public var status: Int?
        public var error: String?
        /// From the call to the sink until its answer was read or given up, in milliseconds, 0 and up.
        public var durationMilliseconds: Int64

        public init(atMilliseconds: Int64, status: Int?, error: String?, durationMilliseconds: Int64) {
            self.atMilliseconds = atMilliseconds
            self.status = status
            self.error = error
            self.durationMilliseconds = durationMilliseconds
        }
    }

    /// The fate of the event for one subscription; the contract's words.
    public enum State: String, Sendable {
        case delivered
        case pending
        case retrying
        case deadLettered = "dead-lettered"
        case filtered
    }

    /// What one subscription did with the event.
    public struct SubscriptionFate: Sendable {
        public var subscription: String
        public var matched: Bool
        /// Why it matched or not: which filter said so, on which value.
        public var reason: String
        public var state: State
        public var attempts: [Attempt]

        public init(subscription: String, matched: Bool, reason: String, state: State, attempts: [Attempt]) {
            self.subscription = subscription
            self.matched = matched
            self.reason = reason
            self.state = state
            self.attempts = attempts
        }
    }

    public var event: StoredEvent
    public var subscriptions: [SubscriptionFate]

    public init(event: StoredEvent, subscriptions: [SubscriptionFate]) {
        self.event = event
        self.subscriptions = subscriptions
    }
}
