import Subscriptions

/// Finds stored events, tells their fate, and streams them.
public protocol EventQueryService: Sendable {
    /// Bounded search, newest first. Only the tenant's own events.
    func search(_ query: EventQuery) async throws(ServiceError) -> Page<StoredEvent>

    /// Where an event lies, who got it, and why not. `source` tells events with the same id apart.
    /// - Throws: `notFound`; `conflict` where several sources have this id and none was named.
    func trace(id: String, source: String?, tenant: String) async throws(ServiceError) -> EventTrace

    /// Events as they are accepted, from a place on; ends when the consumer's task is cancelled.
    /// `resume` is a cursor from an earlier ``StreamedEvent``.
    /// - Throws: `invalid` for a cursor or filter that cannot be read.
    func stream(
        tenant: String, filter: Filter?, from: SubscriptionConfiguration.Start, resume: String?
    ) async throws(ServiceError) -> AsyncThrowingStream<[StreamedEvent], any Error>
}
