import Delivery
import EventLog
import Subscriptions

extension LogSubscriptionService {
    /// - Throws: `notFound`.
    func known(_ id: SubscriptionID) throws(ServiceError) -> StoredSubscription {
        guard let stored = self.stored(id) else {
            throw ServiceError(.notFound, "there is no subscription '\(id.name)'")
        }
        return stored
    }

    /// What a change came to. Where the log cannot say how other partitions do, these are left out: the change is made.
    func view(_ stored: StoredSubscription) async -> SubscriptionView {
        self.view(stored, (try? await self.elsewhere(stored)) ?? nil)
    }

    /// - Parameter elsewhere: how the subscription does in partitions that are not this process's.
    func view(_ stored: StoredSubscription, _ elsewhere: SharedStanding?) -> SubscriptionView {
        if self.dispatcher.isRouted(stored.subscription) { return self.routeView(stored, elsewhere) }
        let standing = self.dispatcher.standing(of: stored.subscription.id)
        let others = elsewhere?.standing(of: stored)
        let status: SubscriptionView.Status =
            switch stored.status {
            case .paused: .paused
            case .suspended: .suspended
            case .active:
                standing?.isCatchingUp == true || others?.isCatchingUp == true ? .catchingUp : .active
            }
        return SubscriptionView(
            stored: stored, status: status, lag: (standing?.lag ?? 0) + (others?.lag ?? 0),
            lastError: standing?.lastError ?? (stored.needsAgreement ? stored.statusReason : nil),
            lostOffsets: standing?.lostOffsets ?? 0)
    }

    /// How one subscription does in the partitions of others; nil where there are none.
    func elsewhere(_ stored: StoredSubscription) async throws(ServiceError) -> SharedStanding? {
        try await self.elsewhere(
            groupsWithPrefix: GroupName.cursor(of: stored.subscription.id, generation: stored.generation).name,
            includesRouted: self.dispatcher.isRouted(stored.subscription))
    }

    /// How a tenant's subscriptions do in the partitions of others; nil where there are none.
    func elsewhere(tenant: String) async throws(ServiceError) -> SharedStanding? {
        try await self.elsewhere(
            groupsWithPrefix: "\(GroupName.cursorPrefix)\(tenant)/",
            includesRouted: self.all(tenant: tenant).contains { self.dispatcher.isRouted($0.subscription) })
    }

    private func elsewhere(
        groupsWithPrefix prefix: String, includesRouted: Bool
    ) async throws(ServiceError) -> SharedStanding? {
        guard self.dispatcher.log.isShared else { return nil }
        do {
            return try await self.dispatcher.standingElsewhere(
                groupsWithPrefix: prefix, includesRouted: includesRouted)
        } catch {
            throw ServiceError(error)
        }
    }
}
