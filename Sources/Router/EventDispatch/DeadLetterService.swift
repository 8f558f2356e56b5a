import Subscriptions

/// Lists, redrives and discards dead letters.
public protocol DeadLetterService: Sendable {
    /// A tenant's dead letters, newest first; `subscription` and `reason` narrow (exact match).
    func list(
        tenant: String, subscription: String?, reason: String?, page: PageRequest
    ) async throws(ServiceError) -> Page<DeadLetter>
    /// - Throws: `notFound`.
    func get(_ id: String, tenant: String) async throws(ServiceError) -> DeadLetter
    /// Sends dead letters again, each to the one subscription that failed. Gives how many.
    func redrive(_ selection: RedriveSelection, tenant: String) async throws(ServiceError) -> Int
    /// Throws one away for good.
    func discard(_ id: String, tenant: String) async throws(ServiceError)
}
