/// The circuit of one destination: after too many failures in a row nothing is sent for a while, then one probe.
///
/// A value without a clock: times are milliseconds given by the caller, and must not go backwards.
public struct Circuit: Sendable, Hashable {
    /// Whether attempts may be made.
    public enum State: Sendable, Hashable {
        /// All may. → `open` after `failuresMax` failures in a row.
        case closed
        /// None may before the time. → `halfOpen` when it has come.
        case open(untilMilliseconds: Int64)
        /// One may. → `closed` when it succeeds, `open` for twice as long when it fails.
        case halfOpen
    }

    public private(set) var state: State = .closed
    private var failures = 0
    private var openings = 0
    private let failuresMax: Int
    private let openMillisecondsMin: Int64
    private let openMillisecondsMax: Int64

    public init(failuresMax: Int, openMillisecondsMin: Int64, openMillisecondsMax: Int64) {
        self.failuresMax = failuresMax
        self.openMillisecondsMin = openMillisecondsMin
        self.openMillisecondsMax = openMillisecondsMax
    }

    /// Brings the state to `now`: an open circuit whose time has come is half open.
    public mutating func advance(now: Int64) {
        if case .open(let until) = self.state, now >= until { self.state = .halfOpen }
    }

    /// An attempt reached the destination and it answered with anything but a failure.
    public mutating func succeeded() {
        self.state = .closed
        self.failures = 0
        self.openings = 0
    }

    /// An attempt failed. `wasProbe`: it was let through while half open.
    /// Failures of attempts that were under way when the circuit opened change nothing.
    public mutating func failed(wasProbe: Bool, now: Int64) {
        switch self.state {
        case .closed:
            self.failures += 1
            if self.failures >= self.failuresMax { self.open(now: now) }
        case .halfOpen:
            if wasProbe { self.open(now: now) }
        case .open:
            break
        }
    }

    private mutating func open(now: Int64) {
        let doublings = min(self.openings, 20)
        let delay = min(self.openMillisecondsMax, self.openMillisecondsMin << Int64(doublings))
        self.openings += 1
        self.failures = 0
        self.state = .open(untilMilliseconds: now + delay)
    }
}
