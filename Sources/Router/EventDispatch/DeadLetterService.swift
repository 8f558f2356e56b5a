import Subscriptions

/// Lists, redrives and discards dead letters.
public protocol DeadLetterService: Sendable {
    /// A tenant's dead letters, newest first; `subscription` and `reason` narrow (exact match).
    func list(
        tenant: String, subscription: String?, reason: String?, page: PageRequest
    ) async throws(ServiceError) -> Page<DeadLetter>
    /// - Throws: `notFound`.
    func get(_ id: String, tenant: String) async throws(ServiceError) -> DeadLetter
    /// Sends dead letters again, oldest first, each to the one subscription that failed. Gives how many.
    /// - Throws: `notFound` for an unknown id or subscription; `conflict` where there is no subscription to send to.
    func redrive(_ selection: RedriveSelection, tenant: String) async throws(ServiceError) -> Int
    /// Throws one away for good.
    func discard(_ id: String, tenant: String) async throws(ServiceError)
}
