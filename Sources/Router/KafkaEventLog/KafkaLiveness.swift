import Synchronization

/// Notices that this process stood still for so long that others may have taken its place meanwhile.
///
/// What a stopped process had decided before must not be written after it goes on: positions of groups without members
/// are not fenced by the brokers. So they are refused until the group of replicas had time to say who this process is.
final class KafkaLiveness: Sendable {
    private struct State {
        var lastTick = ContinuousClock.now
        var suspectUntil: ContinuousClock.Instant?
    }

    private let sessionTimeout: Duration
    private let state = Mutex(State())

    /// - Parameter sessionTimeout: how long a member may be unheard of.
    init(sessionTimeout: Duration) { self.sessionTimeout = sessionTimeout }

    /// To be called several times a second, by a loop that waits for nobody.
    func tick(now: ContinuousClock.Instant = .now) {
        self.state.withLock { Self.advance(&$0, now: now, self.sessionTimeout) }
    }

    /// Whether what was decided a moment ago may not hold any more.
    func isSuspect(now: ContinuousClock.Instant = .now) -> Bool {
        self.state.withLock { state in
            Self.advance(&state, now: now, self.sessionTimeout)
            return state.suspectUntil.map { now < $0 } ?? false
        }
    }

    private static func advance(_ state: inout State, now: ContinuousClock.Instant, _ sessionTimeout: Duration) {
        if state.lastTick.duration(to: now) > sessionTimeout / 2 { state.suspectUntil = now + sessionTimeout }
        state.lastTick = max(state.lastTick, now)
    }
}
