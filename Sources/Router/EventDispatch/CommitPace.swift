/// Decides when positions are committed again: at an interval, and after refusals later each time.
///
/// A coordinator that refuses a commit in the middle of a rebalance makes its member join anew, which is the next
/// rebalance: who tries again at the pace of rebalances would never get through.
struct CommitPace: Sendable {
    /// No pause is longer, but for an interval that is.
    static let pauseMillisecondsMax: Int64 = 5_000

    private let interval: Int64
    private var refusals = 0

    /// - Parameter intervalMilliseconds: between commits that are taken.
    init(intervalMilliseconds: Int64) {
        self.interval = intervalMilliseconds
    }

    /// How long to wait before the next commit, in milliseconds.
    var pauseMilliseconds: Int64 {
        max(self.interval, min(Self.pauseMillisecondsMax, self.interval << Int64(min(self.refusals, 10))))
    }

    mutating func committed(isTaken: Bool) {
        self.refusals = isTaken ? 0 : self.refusals + 1
    }
}
