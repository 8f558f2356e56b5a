import Subscriptions

/// Creates, changes and shows subscriptions. Every call is answered from, and written to, the subscriptions topic.
public protocol SubscriptionService: Sendable {
    /// Stores a new subscription and resolves its start to offsets.
    /// What is accepted after this returns is never missed; with `latest`, nothing from before is sent.
    /// - Parameter secrets: what is kept sealed. A secret that signs is made where none is given and one is wanted.
    /// - Throws: `conflict` where the id is taken, or secrets cannot be kept; `limitExceeded`, `unavailable`.
    func create(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView

    /// - Throws: `notFound`.
    func get(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView

    /// A tenant's subscriptions by name. A page ends early where they would be too many bytes.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<SubscriptionView>

    /// Replaces source, types, filters, sink and config; `start` keeps what it came to at creation. Takes effect at the
    /// position recorded with it: what was matched before keeps its match. A suspended one becomes active.
    /// - Parameter secrets: those that are not given and still wanted stay.
    /// - Throws: `notFound`, `unavailable`.
    func update(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView

    /// - Throws: `notFound`, `unavailable`.
    func delete(_ id: SubscriptionID) async throws(ServiceError)

    /// Stops sending; what matches waits. No effect on one that is paused already.
    func pause(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView

    /// Starts sending again, also after a suspension.
    func resume(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView

    /// What signs its deliveries now.
    /// - Throws: `notFound` where there is no such subscription, or it is not signed; `conflict` where what is stored
    ///   cannot be opened.
    func signingSecrets(of id: SubscriptionID) async throws(ServiceError) -> SigningSecretsView

    /// Signs with a new secret from now on, and with the ones before until the end of an overlap.
    /// - Parameters:
    ///   - secret: the new one; nil: it is made.
    ///   - overlapSeconds: `0...604800`; 0: the ones before sign no more.
    /// - Throws: `notFound`; `conflict` where it is not signed, or too many secrets sign; `unprocessable` for a secret
    ///   that cannot be used; `unavailable`.
    func rotateSecret(
        of id: SubscriptionID, to secret: String?, overlapSeconds: Int64
    ) async throws(ServiceError) -> SigningSecretsView
}

extension SubscriptionService {
    /// Without secrets of its own.
    public func create(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView {
        try await self.create(subscription, secrets: SubscriptionSecrets())
    }

    /// Its secrets stay.
    public func update(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView {
        try await self.update(subscription, secrets: SubscriptionSecrets())
    }
}
