import EventLog
import Webhooks

/// An endpoint as the API shows it: everything but its secrets.
public struct WebhookEndpointView: Sendable {
    public var endpoint: WebhookEndpoint
    /// How many secrets it has.
    public var secretCount: Int
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// Why its webhooks cannot be judged, where that is so.
    public var fault: String?

    public init(
        endpoint: WebhookEndpoint, secretCount: Int, createdAt: Timestamp, updatedAt: Timestamp, fault: String? = nil
    ) {
        self.endpoint = endpoint
        self.secretCount = secretCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.fault = fault
    }
}
