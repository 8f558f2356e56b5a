import CloudEvents
import Delivery
import EventLog

/// A record of the simulated log: what matters of it.
struct SimulatedRecord: Sendable {
    let position: Position
    let key: Int
    /// What filters look at, `0...3`.
    let kind: Int

    var event: DeliverableEvent {
        var event = CloudEvent(id: "\(self.position)", source: "/simulation", type: "kind.\(self.kind)")
        event.attributes.append(name: "tenantid", value: "t")
        event.attributes.append(name: "partitionkey", value: "k\(self.key)")
        return DeliverableEvent(event: event, position: self.position, timestamp: Timestamp(milliseconds: 0))
    }
}
