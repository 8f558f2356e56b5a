import EventLog
import Synchronization

/// What came of several appends that one caller waits for.
final class KafkaAppendLots: Sendable {
    private struct State {
        var results: [Result<[Position], EventLogError>]
        var remaining: Int
    }

    private let continuation: CheckedContinuation<[Result<[Position], EventLogError>], Never>
    private let state: Mutex<State>

    /// - Parameter count: of the appends, 1 or more.
    init(_ count: Int, _ continuation: CheckedContinuation<[Result<[Position], EventLogError>], Never>) {
        self.continuation = continuation
        let none = EventLogError(.closed, "the log is closed")
        self.state = Mutex(State(results: Array(repeating: .failure(none), count: count), remaining: count))
    }

    /// Takes what came of one; the last one resumes the caller.
    func finish(_ index: Int, _ result: Result<[Position], EventLogError>) {
        let results = self.state.withLock { state -> [Result<[Position], EventLogError>]? in
            state.results[index] = result
            state.remaining -= 1
            return state.remaining == 0 ? state.results : nil
        }
        if let results { self.continuation.resume(returning: results) }
    }
}
