/// Decides whether a tail lets records gather before it reads again: where they come so fast that a wait makes one read
/// of many. An event that comes alone, or among few, is read at once.
struct TailPace {
    /// Records that a wait has to bring: fewer are read one by one with no more work than a wait costs their sinks.
    private static let recordsMin = 4.0
    /// A rate is told from so many waits' time.
    private static let waits = 4

    private let gathering: Duration
    private var since: ContinuousClock.Instant
    private var counted = 0
    private var recordsPerWait = 0.0

    /// - Parameter gathering: how long a wait is.
    init(gathering: Duration, now: ContinuousClock.Instant) {
        self.gathering = gathering
        self.since = now
    }

    /// Notes what a read brought.
    mutating func read(_ records: Int, now: ContinuousClock.Instant) {
        self.counted += records
        let elapsed = self.since.duration(to: now)
        guard elapsed >= self.gathering * Self.waits, elapsed > .zero else { return }
        self.recordsPerWait = Double(self.counted) * (self.gathering / elapsed)
        self.counted = 0
        self.since = now
    }

    /// Whether the next read shall wait.
    var gathers: Bool { self.recordsPerWait >= Self.recordsMin }
}
