import EventLog
import NIOCore
import Synchronization

/// An append to the log whose caller waits for it, but not longer than his patience; whoever cares then hears of its
/// end.
final class DirectAppend: Sendable {
    /// What the caller is told.
    enum Outcome: Sendable {
        case ended(Result<[Position], EventLogError>)
        /// It is still under way.
        case overdue
    }

    private struct State {
        var result: Result<[Position], EventLogError>?
        var waiting: CheckedContinuation<Outcome, Never>?
        /// It became overdue while nobody waited.
        var isOverdue = false
        var late: (@Sendable (Result<[Position], EventLogError>) -> Void)?
    }

    private let state = Mutex(State())

    /// Whether nobody has to be told that it takes long.
    var isOver: Bool { self.state.withLock { $0.result != nil } }

    /// It has ended. Called once.
    func ended(_ result: Result<[Position], EventLogError>) {
        let (waiting, late) = self.state.withLock { state in
            state.result = result
            defer { state.waiting = nil }
            return (state.waiting, state.late)
        }
        waiting?.resume(returning: .ended(result))
        late?(result)
    }

    /// Whoever waits has waited long enough.
    func becomeOverdue() {
        let waiting = self.state.withLock { state in
            state.isOverdue = state.waiting == nil
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: .overdue)
    }

    /// Waits for the end, or until it is overdue. For one caller at a time.
    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome: Outcome? = self.state.withLock { state in
                if let result = state.result { return .ended(result) }
                if state.isOverdue {
                    state.isOverdue = false
                    return .overdue
                }
                state.waiting = continuation
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    /// Calls `body` when it has ended, at once where it has.
    func whenEnded(_ body: @escaping @Sendable (Result<[Position], EventLogError>) -> Void) {
        let result = self.state.withLock { state in
            if state.result == nil { state.late = body }
            return state.result
        }
        if let result { body(result) }
    }
}
