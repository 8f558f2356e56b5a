/// Decides whether a tail lets records gather before it reads again: where they come so fast that a wait makes one read
/// of many. An event that comes alone, or among few, is read at once.
struct TailPace {
    /// Records that a wait has to bring: fewer are read one by one with no more work than a wait costs their sinks.
    private static let recordsMin = 4.0
    /// A rate is told from so many waits' time.
    private static let waits = 4
    /// All tails rest until the same moments: they wake together, where a timer and a thread for each would cost more
    /// than the reads.
    private static let origin = ContinuousClock.now

    private let gathering: Duration
    private var since: ContinuousClock.Instant
    private var counted = 0
    private var recordsPerWait = 0.0

    /// - Parameter gathering: how long a wait is at most, more than nothing.
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

    /// When a rest that begins now ends.
    func restEnd(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let rests = (Self.origin.duration(to: now) / self.gathering).rounded(.down)
        return Self.origin + self.gathering * (rests + 1)
    }
}
