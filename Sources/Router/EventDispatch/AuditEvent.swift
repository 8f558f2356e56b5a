import CloudEvents
import EventLog
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Something that the router did on its own account, or that a caller did to it, and that a tenant may want to know: an
/// event of `com.portarium.replay.…`, `com.portarium.subscription.…` or `com.portarium.audit.…`.
public struct AuditEvent: Sendable {
    /// Whose replay, subscription or key it is about.
    public var tenant: String
    public var event: CloudEvent
    /// When it happened.
    public var at: Timestamp

    public init(tenant: String, event: CloudEvent, at: Timestamp) {
        self.tenant = tenant
        self.event = event
        self.at = at
    }
}

extension AuditEvent {
    /// An event about a thing of the router's, with JSON data. The id says what happened to what, so that an event
    /// that is written twice can be told from two events.
    init(
        _ type: String, id: String, tenant: String, subject: String?, source: String, correlationID: String? = nil,
        data: some Encodable
    ) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let now = DispatchClock.wall
        var event = CloudEvent(
            id: id, source: source, type: type, data: (try? encoder.encode(data)).map { ByteBuffer(bytes: $0) })
        if let subject { event.attributes.append(name: "subject", value: subject) }
        event.attributes.append(name: "datacontenttype", value: "application/json")
        if let correlationID { event.attributes.append(name: "correlationid", value: correlationID) }
        self.init(tenant: tenant, event: event, at: now)
    }

    /// A subscription was suspended.
    static func suspended(_ id: SubscriptionIdentity, revision: Int, reason: String) -> Self {
        Self(
            "com.portarium.subscription.Suspended.v1", id: "\(id.generation)-\(revision)-suspended",
            tenant: id.tenant, subject: id.name, source: "/portarium/subscriptions",
            data: ["subscription": id.name, "reason": reason])
    }

    /// Retention took records before a subscription, or a replay to it, had read them.
    static func rangeLost(
        _ id: SubscriptionIdentity, replay: String? = nil, _ topicPartition: TopicPartition, from: Offset, to: Offset
    ) -> Self {
        struct Loss: Encodable {
            let subscription: String?
            let replay: String?
            let topic: String
            let partition: Int32
            let from: Int64
            let to: Int64
        }
        return Self(
            "com.portarium.subscription.RangeLost.v1",
            id: "\(id.generation)-\(topicPartition.topic)-\(topicPartition.partition)-\(from)-\(to)-lost",
            tenant: id.tenant, subject: id.name, source: "/portarium/subscriptions",
            data: Loss(
                subscription: replay == id.name ? nil : id.name, replay: replay, topic: topicPartition.topic.name,
                partition: topicPartition.partition.value, from: from.value, to: to.value))
    }
}

extension AuditEvent {
    /// A subscription, and which of those that had its name.
    struct SubscriptionIdentity {
        var tenant: String
        var name: String
        var generation: String
    }
}
