import Webhooks

/// Creates, changes and shows webhook endpoints. What is another tenant's is not there.
public protocol WebhookEndpointService: Sendable {
    /// Stores a new endpoint; it takes webhooks when this returns.
    /// - Throws: `conflict` where the id is taken, by whomever, or secrets cannot be kept; `limitExceeded`;
    ///   `unprocessable` for secrets that the provider has no use for; `unavailable`.
    func create(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView

    /// - Throws: `notFound`, `unavailable`.
    func get(_ id: String, tenant: String) async throws(ServiceError) -> WebhookEndpointView

    /// A tenant's endpoints by id.
    /// - Throws: `unavailable`.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<WebhookEndpointView>

    /// Replaces everything but the id; secrets only where there are some in the request.
    /// - Throws: as ``create(_:)``, and `notFound`.
    func update(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView

    /// - Throws: `notFound`, `unavailable`.
    func delete(_ id: String, tenant: String) async throws(ServiceError)
}
