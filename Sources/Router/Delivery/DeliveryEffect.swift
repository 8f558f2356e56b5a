import EventLog
import Subscriptions

/// What the machine wants done. The shell does it and says what came of it.
public enum DeliveryEffect: Sendable {
    /// Make this attempt; answer with `report(_:_:now:)`.
    case send(DeliveryAttempt)
    /// Read; answer with `fetched`, `fetchFailed` or `rangeLost`.
    case fetch(CatchUpFetch)
    /// Write; answer with `deadLetterWritten` or `deadLetterFailed`.
    case writeDeadLetter(DeadLetterWrite)
    /// The subscription was suspended; make that durable. The slot and the generation say which one.
    case suspended(SubscriptionID, generation: String, reason: String)
    /// Retention took offsets before they were read.
    case rangeLost(SubscriptionID, TopicPartition, from: Offset, to: Offset)
    /// A replay has settled its whole range.
    case replayCompleted(SubscriptionID, delivered: Int64, deadLettered: Int64)
}
