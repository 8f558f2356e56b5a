import CloudEvents
import Logging
import Observability
import Subscriptions
import Traces

extension Logger.Metadata {
    /// What a line about a subscription says of it, and of an event where it concerns one.
    static func subscription(_ id: SubscriptionID, _ more: Self = [:], of event: CloudEvent? = nil) -> Self {
        var metadata = more
        metadata[LogKey.subscription] = "\(id)"
        metadata[LogKey.tenant] = "\(id.tenant)"
        metadata[LogKey.traceID] = event.map { "\(HopTrace.parent(of: $0, spanID: 1).traceIDText)" }
        return metadata
    }
}
