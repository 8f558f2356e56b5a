import Synchronization

/// One fetch that waits for an append: woken once, by an append, the close of the log, or its own cancellation.
final class FetchWaiter: Sendable {
    private enum State {
        /// Not waiting yet. → `waiting` or `woken`.
        case idle
        /// Suspended. → `woken`.
        case waiting(CheckedContinuation<Void, Never>)
        /// Woken. Final.
        case woken
    }

    private let state = Mutex(State.idle)

    /// Suspends until ``wake()``, which may have come before, or until the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = self.state.withLock { state in
                    if case .woken = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            self.wake()
        }
    }

    func wake() {
        let continuation = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .woken }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }
}
