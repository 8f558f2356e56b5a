import Delivery
import Synchronization
import TenantLimits

extension Dispatcher {
    /// Gives a tenant its share, of replays too.
    func share(_ tenant: String, _ share: TenantShare) {
        self.shares.withLock { $0[tenant] = share }
        // A sender of replays has a part of the tenant's places, as of all others.
        let inFlightMax =
            self.followsTails ? share.inFlightMax : share.inFlightMax.map { DeliveryLimits.part(ofPlaces: $0) }
        self.core.step { state, now in
            state.machine.setShare(ofTenant: tenant, weight: share.weight, inFlightMax: inFlightMax, now: now)
        }
        self.replaying.withLock { $0 }?.share(tenant, share)
    }

    /// Makes room for a dead letter that is about to be written, those under way counted.
    /// - Returns: why there is none; nil where there is.
    func reserveDeadLetter(ofTenant tenant: String) async -> String? {
        let most = self.limits?.limits(of: tenant).cap(.deadLetters)
        if await self.deadLetters.reserve(tenant: tenant, most: most) { return nil }
        return "the tenant has as many dead letters as its limit 'deadLetters' allows, \(most ?? 0): redrive or "
            + "discard some, then resume the subscription"
    }

    /// Attempts of a tenant that are in flight here, those of replays too.
    public func inFlight(ofTenant tenant: String) -> Int {
        let own = self.core.look { $0.machine.inFlight(ofTenant: tenant) }
        return own + (self.replaying.withLock { $0 }?.inFlight(ofTenant: tenant) ?? 0)
    }
}
