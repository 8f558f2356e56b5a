import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions

/// A record of the simulated log: what matters of it.
struct SimulatedRecord: Sendable {
    let position: Position
    let key: Int
    /// What filters look at, `0...3`.
    let kind: Int
    /// A redriven record is for this subscription only, whatever the filters say.
    let target: SubscriptionID?
    let event: DeliverableEvent
    /// What it counts for in a read, in bytes: less than in memory.
    let bytes: Int

    init(position: Position, key: Int, kind: Int, target: SubscriptionID?, dataBytes: Int) {
        self.position = position
        self.key = key
        self.kind = kind
        self.target = target
        var event = CloudEvent(
            id: "\(position.offset)", source: "/simulation", type: "kind.\(kind)",
            data: ByteBuffer(repeating: 0, count: dataBytes))
        event.attributes.append(name: "partitionkey", value: "k\(key)")
        self.event = DeliverableEvent(event: event, position: position, timestamp: Timestamp(milliseconds: 0))
        self.bytes = dataBytes + 40
    }

    /// Whether a subscription with this filter gets it.
    func matches(_ id: SubscriptionID, _ kinds: KindSet) -> Bool {
        self.target.map { $0 == id } ?? kinds.contains(self.kind)
    }
}
