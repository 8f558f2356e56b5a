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
        var writesSincePruning = 0
    }

    /// After so many writes it is looked what retention has taken.
    private static let writesPerPruning = 1_000
    let state = Mutex(State())

    /// Takes over one record of the topic.
    func apply(_ record: LogRecord, at offset: Offset) {
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
            state.end = max(state.end, offset.next)
        }
    }

    /// Forgets what retention has taken: all that lies before an offset.
    func prune(before start: Offset) { self.state.withLock { $0.index.removeAll(before: start) } }

    /// Counts a record that was written; whether it is time to look what retention has taken.
    func isPruningDue() -> Bool {
        self.state.withLock { state in
            state.writesSincePruning += 1
            if state.writesSincePruning < Self.writesPerPruning { return false }
            state.writesSincePruning = 0
            return true
        }
    }
}
