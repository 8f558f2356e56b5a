import Subscriptions

/// Creates, changes and shows subscriptions. Every call is answered from, and written to, the subscriptions topic.
public protocol SubscriptionService: Sendable {
    /// Stores a new subscription and resolves its start to offsets.
    /// What is accepted after this returns is never missed; with `latest`, nothing from before is sent.
    /// - Throws: `conflict` where the id is taken, `limitExceeded`, `unavailable`.
    func create(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView

    /// - Throws: `notFound`.
    func get(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView

    /// A tenant's subscriptions by name.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<SubscriptionView>

    /// Replaces source, types, filters, sink and config; `start` keeps what it came to at creation. Takes effect at the
    /// position recorded with it: what was matched before keeps its match. A suspended one becomes active.
    /// - Throws: `notFound`, `unavailable`.
    func update(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView

    /// - Throws: `notFound`, `unavailable`.
    func delete(_ id: SubscriptionID) async throws(ServiceError)

    /// Stops sending; what matches waits. No effect on one that is paused already.
    func pause(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView

    /// Starts sending again, also after a suspension.
    func resume(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView
}
