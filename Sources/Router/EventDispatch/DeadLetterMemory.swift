import EventLog
import NIOCore
import Subscriptions
import Synchronization

/// What is kept in memory of the dead-letter topic. Every record may be applied twice.
final class DeadLetterMemory: Sendable {
    struct State {
        var index = DeadLetterIndex()
        /// Which subscription a replay is to, for those that are to one.
        var replayTargets: [SubscriptionID: String] = [:]
        /// Where the letters end, as far as is known.
        var end = Offset.zero
        /// Letters of each tenant that are being written, and are not in the index.
        var underWay: [String: Int] = [:]

        mutating func release(tenant: String) {
            let left = self.underWay[tenant, default: 1] - 1
            self.underWay[tenant] = left > 0 ? left : nil
        }
    }

    let state = Mutex(State())

    /// Makes room for a letter that is about to be written, those under way counted; false where there is none.
    /// - Parameter most: letters that the tenant may have; nil: no limit.
    func reserve(tenant: String, most: Int?) -> Bool {
        self.state.withLock { state in
            let underWay = state.underWay[tenant, default: 0]
            if let most, state.index.count(tenant: tenant) + underWay >= most { return false }
            state.underWay[tenant] = underWay + 1
            return true
        }
    }

    /// A letter for which there was room is written, or is not.
    func release(tenant: String) { self.state.withLock { $0.release(tenant: tenant) } }

    /// Takes over one record of the topic.
    /// - Parameter reserved: the tenant for whose letter there was room; at no time it counts twice.
    func apply(_ record: LogRecord, at offset: Offset, reserved: String? = nil) {
        guard let key = record.key else { return }
        let id = String(buffer: key)
        guard record.value != nil else {
            return self.state.withLock { $0.index.remove(id, before: offset) }
        }
        guard let tenant = record.headers["portarium_tenant"],
            let subscription = record.headers["portarium_subscription"],
            let reason = record.headers["portarium_reason"]
        else { return }
        let entry = DeadLetterIndex.Entry(
            id: id, offset: offset, tenant: tenant, subscription: subscription, reason: reason,
            isIsolated: record.headers["portarium_isolated"] != nil)
        self.state.withLock { state in
            state.index.insert(entry)
            if let reserved { state.release(tenant: reserved) }
            state.end = max(state.end, offset.next)
        }
    }

    /// Forgets what retention has taken: all that lies before an offset.
    func prune(before start: Offset) { self.state.withLock { $0.index.removeAll(before: start) } }
}
