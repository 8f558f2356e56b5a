import EventLog
import Subscriptions

/// Deliberate replays: counted first, rate-capped, resumable.
public protocol ReplayService: Sendable {
    /// Starts a replay, or with `dryRun` only counts what would be sent.
    /// - Throws: `unprocessable` where the request does not name exactly one target or an unknown topic, `notFound` for an
    ///   unknown subscription, `limitExceeded`, `unavailable`.
    func create(_ request: ReplayRequest) async throws(ServiceError) -> ReplayView
    func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    /// A tenant's replays, newest first.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView>
    func pause(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    func resume(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    func cancel(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
}
