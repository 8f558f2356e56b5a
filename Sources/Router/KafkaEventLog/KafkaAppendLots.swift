import Synchronization

/// Several appends that one caller waits for.
final class KafkaAppendLots: Sendable {
    private struct State {
        var appends: [KafkaAppend?]
        var remaining: Int
    }

    private let continuation: CheckedContinuation<[KafkaAppend?], Never>
    private let state: Mutex<State>

    /// - Parameter count: of the appends, 1 or more.
    init(_ count: Int, _ continuation: CheckedContinuation<[KafkaAppend?], Never>) {
        self.continuation = continuation
        self.state = Mutex(State(appends: Array(repeating: nil, count: count), remaining: count))
    }

    /// Takes one that has ended; the last one resumes the caller.
    /// - Parameter append: nil where there was nothing to append.
    func finish(_ index: Int, _ append: KafkaAppend?) {
        let appends = self.state.withLock { state -> [KafkaAppend?]? in
            state.appends[index] = append
            state.remaining -= 1
            return state.remaining == 0 ? state.appends : nil
        }
        if let appends { self.continuation.resume(returning: appends) }
    }
}
