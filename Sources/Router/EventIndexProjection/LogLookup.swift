import EventLog
import NIOCore

/// One search: goes backwards through several partitions at once, through what is not indexed record by record, and
/// through the rest run by run.
struct LogLookup: Sendable {
    /// Offsets whose records are read in a row.
    private static let chunk: Int64 = 2_048
    private static let fetchBytesMax = 4 << 20
    private static let fetchWaitMax = Duration.seconds(10)
    /// Hits of one partition that are read ahead.
    private static let readAhead = 64...1_024

    private let probe: IndexProbe
    private let limit: Int
    private var lanes: [LookupLane]
    /// What was found, newest first.
    private(set) var positions: [Position] = []

    /// - Parameter lanes: in the order of their partitions.
    init(_ probe: IndexProbe, lanes: [LookupLane], limit: Int) {
        self.probe = probe
        self.limit = limit
        self.lanes = lanes
    }

    /// The lanes that have to be filled before the next hit is known; none: everything was found, or as much as was
    /// asked.
    var waiting: [LookupLane] {
        guard self.positions.count < self.limit else { return [] }
        return self.lanes.filter { $0.hits.isEmpty && $0.upper > $0.lower }
    }

    /// Takes lanes back, and gives out what is known then.
    mutating func take(_ filled: [LookupLane]) {
        for lane in filled {
            if let index = self.lanes.firstIndex(where: { $0.topicPartition == lane.topicPartition }) {
                self.lanes[index] = lane
            }
        }
        while self.waiting.isEmpty, self.positions.count < self.limit, let newest = self.newest {
            let hit = self.lanes[newest].hits.removeLast()
            self.positions.append(Position(self.lanes[newest].topicPartition, Offset(hit.offset)))
        }
    }

    /// The lane whose next hit is the newest.
    private var newest: Int? {
        var newest: (lane: Int, timestamp: Int64)?
        // Lanes are in the order of their partitions: the last of equals is taken.
        for (index, lane) in self.lanes.enumerated() {
            guard let hit = lane.hits.last, newest.map({ hit.timestamp >= $0.timestamp }) ?? true else { continue }
            newest = (index, hit.timestamp)
        }
        return newest?.lane
    }

    /// Looks through the next stretch of a lane, from its upper end down.
    func fill(_ lane: LookupLane, from log: any EventLog) async throws(EventLogError) -> LookupLane {
        var lane = lane
        while lane.hits.isEmpty, lane.upper > lane.lower {
            guard !Task.isCancelled else { throw EventLogError(.unavailable, "the search was cancelled") }
            if let index = lane.index, lane.upper <= index.end {
                let left = self.limit - self.positions.count
                do {
                    let finding = try await index.store.find(
                        index.hash, in: index.progressID, lower: lane.lower, upper: lane.upper,
                        hitsMax: min(max(left, Self.readAhead.lowerBound), Self.readAhead.upperBound))
                    (lane.hits, lane.upper) = (finding.hits, finding.upper)
                } catch {
                    throw EventLogError(.corruptRecord, "the index cannot be read", cause: error)
                }
            } else {
                try await self.scan(&lane, from: log)
            }
        }
        return lane
    }

    /// Reads the last records of a lane that are not indexed.
    private func scan(_ lane: inout LookupLane, from log: any EventLog) async throws(EventLogError) {
        let from = max(lane.lower, lane.index?.end ?? 0, lane.upper - Self.chunk)
        var next = from
        var hits: [IndexFinding.Hit] = []
        while next < lane.upper {
            let batch: RecordBatch
            do throws(EventLogError) {
                batch = try await log.fetch(
                    lane.topicPartition, from: Offset(next), maxRecords: Int(lane.upper - next),
                    maxBytes: Self.fetchBytesMax, waitMax: Self.fetchWaitMax)
            } catch {
                guard error.code == .offsetOutOfRange, let bounds = error.bounds else { throw error }
                // Retention took it meanwhile, or the topic was made anew: then nothing is left of what was there.
                lane.lower = min(max(lane.lower, bounds.start.value), lane.upper)
                guard bounds.start.value > next else {
                    (lane.lower, lane.hits) = (lane.upper, [])
                    return
                }
                hits = []
                next = min(bounds.start.value, lane.upper)
                continue
            }
            guard !Task.isCancelled else { throw EventLogError(.unavailable, "the search was cancelled") }
            for element in batch.records where element.offset.value < lane.upper {
                let isMet = element.record.headers.bytes.withUnsafeReadableBytes { self.probe.isMet(by: $0) }
                guard isMet else { continue }
                hits.append(
                    IndexFinding.Hit(
                        offset: element.offset.value, timestamp: element.record.timestamp.milliseconds))
            }
            guard batch.next.value > next else {
                throw EventLogError(.unavailable, "the log gave no records of \(lane.topicPartition)")
            }
            next = batch.next.value
        }
        lane.hits = hits
        lane.upper = max(from, lane.lower)
    }
}
