/// Decides which partitions the indexer takes next. A value: it is told what waits, and when it is.
///
/// A transaction writes whole pages, so a few records cost as much as some thousand. A partition is taken when
/// enough of its records wait, when its oldest has waited long, or when nothing is appended to it any more.
package struct IndexAgenda: Sendable {
    /// Records of a partition that are not indexed yet, `[from, end)`.
    package struct Remainder: Sendable, Hashable {
        package var partitionID: Int
        package var from: Int64
        package var end: Int64

        package init(partitionID: Int, from: Int64, end: Int64) {
            self.partitionID = partitionID
            self.from = from
            self.end = end
        }

        package var count: Int64 { self.end - self.from }
    }

    private struct Watch: Sendable {
        var since: ContinuousClock.Instant
        var end: Int64
        var changed: ContinuousClock.Instant
    }

    /// Records that are worth a transaction.
    static let recordsMin: Int64 = 2_048
    /// Intervals after which a remainder is taken however small it is.
    static let intervalsMax = 10

    private var watches: [Int: Watch] = [:]

    package init() {}

    /// Those to take now, the largest first, so that no partition falls behind for another.
    package mutating func due(
        _ remainders: [Remainder], at now: ContinuousClock.Instant, interval: Duration
    ) -> [Remainder] {
        var watches: [Int: Watch] = [:]
        var due: [Remainder] = []
        for remainder in remainders where remainder.count > 0 {
            var watch = self.watches[remainder.partitionID] ?? Watch(since: now, end: remainder.end, changed: now)
            if watch.end != remainder.end {
                watch.end = remainder.end
                watch.changed = now
            }
            let isQuiet = now - watch.changed >= interval
            if remainder.count >= Self.recordsMin || isQuiet || now - watch.since >= interval * Self.intervalsMax {
                due.append(remainder)
            } else {
                watches[remainder.partitionID] = watch
            }
        }
        self.watches = watches
        return due.sorted { ($0.count, $1.partitionID) > ($1.count, $0.partitionID) }
    }
}
