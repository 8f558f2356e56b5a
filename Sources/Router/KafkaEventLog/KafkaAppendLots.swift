import EventLog
import Synchronization

/// Several appends of one caller, who is told of each as soon as it has ended.
final class KafkaAppendLots: Sendable {
    private struct State {
        var ended: [LotOutcome] = []
        var remaining: Int
    }

    private let told: @Sendable ([LotOutcome]) -> Void
    private let continuation: CheckedContinuation<Void, Never>
    private let state: Mutex<State>

    /// - Parameter count: of the appends, 1 or more.
    /// - Parameter continuation: resumed when the caller was told of all.
    init(
        _ count: Int, told: @escaping @Sendable ([LotOutcome]) -> Void,
        _ continuation: CheckedContinuation<Void, Never>
    ) {
        self.told = told
        self.continuation = continuation
        self.state = Mutex(State(remaining: count))
    }

    /// Takes what came of one. The caller hears of it with the next ``tell()``.
    func finish(_ index: Int, _ result: Result<[Position], EventLogError>) {
        self.state.withLock { $0.ended.append(LotOutcome(index: index, result: result)) }
    }

    /// Tells the caller of those that have ended, all in one.
    func tell() {
        let ended = self.state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
        guard !ended.isEmpty else { return }
        self.told(ended)
        let isOver = self.state.withLock { state in
            state.remaining -= ended.count
            return state.remaining == 0
        }
        if isOver { self.continuation.resume() }
    }
}
