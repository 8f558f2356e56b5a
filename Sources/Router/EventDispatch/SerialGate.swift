import DequeModule
import Synchronization

/// Lets one caller at a time through, in the order they came, across suspensions.
final class SerialGate: Sendable {
    /// Who waits: let in, or gone, whichever comes first.
    private final class Waiter: Sendable {
        private struct State {
            var isLetIn: Bool?
            var continuation: CheckedContinuation<Bool, Never>?
        }

        private let state = Mutex(State())

        /// Whether it was let in; waits until that is decided.
        func outcome() async -> Bool {
            await withCheckedContinuation { continuation in
                let known = self.state.withLock { state in
                    if state.isLetIn == nil { state.continuation = continuation }
                    return state.isLetIn
                }
                if let known { continuation.resume(returning: known) }
            }
        }

        /// Decides; false where it was decided otherwise before.
        @discardableResult
        func settle(isLetIn: Bool) -> Bool {
            let (decided, continuation) = self.state.withLock { state in
                let decided = state.isLetIn ?? isLetIn
                state.isLetIn = decided
                defer { state.continuation = nil }
                return (decided, state.continuation)
            }
            continuation?.resume(returning: decided)
            return decided == isLetIn
        }
    }

    private struct State {
        var isTaken = false
        var waiting: Deque<Waiter> = []
    }

    private let state = Mutex(State())

    /// Waits as long as it takes, also where the task is cancelled.
    func enter() async {
        guard let waiter = self.queue() else { return }
        _ = await waiter.outcome()
    }

    /// Waits for a while. False where the gate was not free by then, or the task was cancelled: then the caller is not
    /// inside.
    func enter(waitMax: Duration) async -> Bool {
        guard let waiter = self.queue() else { return true }
        let isLetIn = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Over before its time only where the wait is, or the caller's task is cancelled.
                try? await Task.sleep(for: waitMax)
                waiter.settle(isLetIn: false)
            }
            defer { group.cancelAll() }
            return await waiter.outcome()
        }
        if !isLetIn { self.state.withLock { state in state.waiting.removeAll { $0 === waiter } } }
        return isLetIn
    }

    func leave() {
        while true {
            let next = self.state.withLock { state in
                let next = state.waiting.popFirst()
                if next == nil { state.isTaken = false }
                return next
            }
            // Who has gone meanwhile is passed over.
            guard let next, !next.settle(isLetIn: true) else { return }
        }
    }

    /// nil: the caller is inside.
    private func queue() -> Waiter? {
        self.state.withLock { state in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            let waiter = Waiter()
            state.waiting.append(waiter)
            return waiter
        }
    }
}
