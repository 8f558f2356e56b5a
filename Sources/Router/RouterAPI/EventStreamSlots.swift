import EventDispatch
import Synchronization

/// Counts the event streams that are open, so that neither one tenant nor all together hold too many.
final class EventStreamSlots: Sendable {
    /// A place for one stream; given back by ``release()``, at the latest when it is no longer referenced.
    final class Slot: Sendable {
        private let slots: EventStreamSlots
        private let tenant: String
        private let isReleased = Mutex(false)

        fileprivate init(slots: EventStreamSlots, tenant: String) {
            self.slots = slots
            self.tenant = tenant
        }

        deinit { self.release() }

        /// Gives the place back. Further calls do nothing.
        func release() {
            let isFirst = self.isReleased.withLock { isReleased in
                defer { isReleased = true }
                return !isReleased
            }
            if isFirst { self.slots.release(self.tenant) }
        }
    }

    private struct Counts {
        var total = 0
        var byTenant: [String: Int] = [:]
    }

    private let totalMax: Int
    private let perTenantMax: Int
    private let counts = Mutex(Counts())

    init(totalMax: Int, perTenantMax: Int) {
        self.totalMax = totalMax
        self.perTenantMax = perTenantMax
    }

    /// Streams open now.
    var count: Int { self.counts.withLock { $0.total } }

    /// Takes a place.
    /// - Throws: `limitExceeded` where the tenant has too many, `unavailable` where all together are too many.
    func acquire(tenant: String) throws(ServiceError) -> Slot {
        try self.counts.withLock { counts throws(ServiceError) in
            let own = counts.byTenant[tenant, default: 0]
            guard own < self.perTenantMax else {
                throw ServiceError(
                    .limitExceeded,
                    "The tenant has \(self.perTenantMax) event streams open, which is the limit: close one first.")
            }
            guard counts.total < self.totalMax else {
                throw ServiceError(
                    .unavailable, "\(self.totalMax) event streams are open, which is the limit: come again later.")
            }
            counts.total += 1
            counts.byTenant[tenant] = own + 1
        }
        return Slot(slots: self, tenant: tenant)
    }

    private func release(_ tenant: String) {
        self.counts.withLock { counts in
            counts.total -= 1
            let rest = counts.byTenant[tenant, default: 1] - 1
            counts.byTenant[tenant] = rest > 0 ? rest : nil
        }
    }
}
