import Logging
import Synchronization

/// Warns of something that others may make happen as often as they like: one line in ten seconds at most, which says
/// how many were left out.
final class SparseWarning: Sendable {
    private static let interval = Duration.seconds(10)

    private struct State {
        var last: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) { self.logger = logger }

    func warn(_ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
        let suppressed = self.state.withLock { state -> Int? in
            let now = ContinuousClock.now
            if let last = state.last, last.duration(to: now) < Self.interval {
                state.suppressed += 1
                return nil
            }
            defer { state = State(last: now) }
            return state.suppressed
        }
        guard let suppressed else { return }
        var metadata = metadata()
        metadata["more"] = "\(suppressed) since the last warning"
        self.logger.warning(message, metadata: metadata)
    }
}
