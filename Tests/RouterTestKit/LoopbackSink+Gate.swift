import Synchronization

extension LoopbackSink {
    /// Holds answers back until a test says so. Once open, it stays open.
    public final class Gate: Sendable {
        private enum State {
            case shut([@Sendable () -> Void])
            case open
        }

        private let state = Mutex(State.shut([]))

        public init() {}

        /// Lets all waiting answers go, and all that come later.
        public func open() {
            let waiting: [@Sendable () -> Void] = self.state.withLock { state in
                guard case .shut(let waiting) = state else { return [] }
                state = .open
                return waiting
            }
            for answer in waiting { answer() }
        }

        /// Calls `action` when the gate is open, at once where it is.
        func whenOpen(_ action: @escaping @Sendable () -> Void) {
            let isOpen = self.state.withLock { state in
                guard case .shut(let waiting) = state else { return true }
                state = .shut(waiting + [action])
                return false
            }
            if isOpen { action() }
        }
    }
}
