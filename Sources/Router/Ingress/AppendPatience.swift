import DequeModule
import NIOCore
import Synchronization

/// Tells appends that take long that they do: one timer for all, because all have the same time.
final class AppendPatience: Sendable {
    private struct State {
        var waiting: Deque<(deadline: NIODeadline, append: DirectAppend)> = []
        var isArmed = false
    }

    private let patience: TimeAmount
    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    /// - Parameter eventLoop: has the timer.
    init(_ patience: TimeAmount, on eventLoop: any EventLoop) {
        self.patience = patience
        self.eventLoop = eventLoop
    }

    /// Watches an append that begins now.
    func watch(_ append: DirectAppend) {
        let deadline = NIODeadline.now() + self.patience
        let mustArm = self.state.withLock { state in
            // They end mostly in the order in which they began: only what is under way is kept.
            while let first = state.waiting.first, first.append.isOver { state.waiting.removeFirst() }
            state.waiting.append((deadline, append))
            defer { state.isArmed = true }
            return !state.isArmed
        }
        if mustArm { self.arm(deadline) }
    }

    private func arm(_ deadline: NIODeadline) {
        self.eventLoop.scheduleTask(deadline: deadline) { self.look() }
    }

    private func look() {
        let now = NIODeadline.now()
        let (overdue, next) = self.state.withLock { state in
            var overdue: [DirectAppend] = []
            while let first = state.waiting.first, first.deadline <= now || first.append.isOver {
                if !first.append.isOver { overdue.append(first.append) }
                state.waiting.removeFirst()
            }
            state.isArmed = !state.waiting.isEmpty
            return (overdue, state.waiting.first?.deadline)
        }
        for append in overdue { append.becomeOverdue() }
        if let next { self.arm(next) }
    }
}
