import Delivery
import Subscriptions

/// Sends each attempt to the sink that its destination is for: topics to one, everything else to the other.
public struct SchemeEventSink: EventSink {
    private let topics: any EventSink
    private let others: any EventSink

    /// - Parameters:
    ///   - topics: for destinations that are ``TopicSink``.
    ///   - others: for URLs.
    public init(topics: any EventSink, others: any EventSink) {
        self.topics = topics
        self.others = others
    }

    /// What the sink says that the destination is for.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        TopicSink.isMeant(by: attempt.destination.sink)
            ? await self.topics.send(attempt) : await self.others.send(attempt)
    }
}
