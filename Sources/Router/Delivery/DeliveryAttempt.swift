import CloudEvents
import EventLog
import Subscriptions

/// One try to deliver: one event, or in batched mode several, to one destination.
public struct DeliveryAttempt: Sendable {
    /// An event and where it lies in the log.
    public struct Element: Sendable {
        public var event: CloudEvent
        public var position: Position
        /// When it was appended; nil where nobody said.
        public var timestamp: Timestamp?

        public init(event: CloudEvent, position: Position, timestamp: Timestamp? = nil) {
            self.event = event
            self.position = position
            self.timestamp = timestamp
        }
    }

    /// Unique while the process lives; a report for an attempt that was abandoned changes nothing.
    public var id: UInt64
    public var subscription: SubscriptionID
    public var destination: Destination
    /// At least one; more than one only in batched mode.
    public var elements: [Element]
    /// Counts from 1.
    public var number: Int
    /// Set on every event (extension `replayid`) where this is part of a replay.
    public var replayID: String?
    /// The trace that the attempt is part of and the span that it belongs to; nil: what the events carry or mean.
    public var traceParent: TraceParent?

    public init(
        id: UInt64, subscription: SubscriptionID, destination: Destination, elements: [Element], number: Int,
        replayID: String? = nil
    ) {
        self.id = id
        self.subscription = subscription
        self.destination = destination
        self.elements = elements
        self.number = number
        self.replayID = replayID
    }
}
