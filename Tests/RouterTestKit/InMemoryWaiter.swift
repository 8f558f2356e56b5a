import Synchronization

/// One suspended call of an ``InMemoryEventLog``: woken once, also by the cancellation of its task.
final class InMemoryWaiter: Sendable {
    private struct State {
        var isWoken = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = self.state.withLock { state in
                    if !state.isWoken { state.continuation = continuation }
                    return state.isWoken
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            self.wake()
        }
    }

    func wake() {
        let continuation = self.state.withLock { state in
            defer { state = State(isWoken: true, continuation: nil) }
            return state.continuation
        }
        continuation?.resume()
    }
}
