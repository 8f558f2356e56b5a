import EventLog
import Subscriptions

/// Deliberate replays: counted first, rate-capped, resumable.
public protocol ReplayService: Sendable {
    /// Starts a replay, or with `dryRun` only counts what would be sent.
    /// - Throws: `unprocessable` where the request does not name exactly one target or an unknown topic, `notFound` for
    ///   an unknown subscription, `limitExceeded`, `unavailable`.
    func create(_ request: ReplayRequest) async throws(ServiceError) -> ReplayView
    /// A replay with its numbers as of now.
    /// - Throws: `notFound`.
    func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    /// A tenant's replays, newest first.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView>
    /// Stops sending until it is resumed. No effect on one that is counting or paused.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    func pause(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    /// Goes on where a pause left off. No effect on one that is not paused.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    func resume(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
    /// Ends a replay for good; what was sent stays sent.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    func cancel(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView
}
