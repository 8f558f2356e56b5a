import EventIndexProjection
import EventLog

/// One search: goes backwards through several partitions at once, through what is not indexed record by record, and
/// through the rest segment by segment. A value; it is moved on in bounded steps on the connection of a reader.
struct IndexLookup: Sendable {
    private struct Lane: Sendable {
        let topicPartition: TopicPartition
        let partitionID: Int
        let lower: Int64
        /// Everything from here on was looked at.
        var upper: Int64
        /// What lies before is in the index.
        let indexedEnd: Int64
        /// Found and not given yet, oldest first.
        var hits: [LogReader.Hit] = []
    }

    /// Records whose headers are read in a row.
    private static let chunk: Int64 = 1_024
    /// Hits of one segment that are read ahead at most.
    private static let readAheadMax = 64
    /// What one step may cost, in records whose headers are read.
    private static let stepCost = 4_096
    private static let seekCost = 8

    private let probe: IndexProbe
    private let hash: Int32
    private let limit: Int
    private var lanes: [Lane]
    /// What was found, newest first.
    private(set) var positions: [Position] = []

    /// - Parameters:
    ///   - hash: nil where the index does not know the header.
    ///   - progress: up to where each partition is indexed; has to be taken before the first step.
    init(
        _ probe: IndexProbe, hash: Int32?, in ranges: [TopicPartition: Range<Offset>], limit: Int, table: LogTable,
        progress: [Int: Int64]
    ) throws(EventLogError) {
        self.probe = probe
        self.hash = hash ?? 0
        self.limit = limit
        var lanes: [Lane] = []
        for (topicPartition, range) in ranges.sorted(by: { $0.key < $1.key }) {
            let id = try table.partitionID(topicPartition)
            let partition = table.partitions[id]
            let lower = max(range.lowerBound.value, partition.start)
            let upper = min(range.upperBound.value, partition.end)
            guard lower < upper else { continue }
            lanes.append(
                Lane(
                    topicPartition: topicPartition, partitionID: id, lower: lower, upper: upper,
                    indexedEnd: hash == nil ? 0 : progress[id] ?? 0))
        }
        self.lanes = lanes
    }

    /// Goes on for one step. True: everything was found, or as much as was asked.
    mutating func advance(_ reader: LogReader, _ connection: OpaquePointer) throws -> Bool {
        var cost = Self.stepCost
        while self.positions.count < self.limit {
            for index in self.lanes.indices {
                while self.lanes[index].hits.isEmpty, self.lanes[index].upper > self.lanes[index].lower {
                    guard cost > 0 else { return false }
                    cost -= try self.fill(index, reader, connection)
                }
            }
            guard let newest = self.newest else { return true }
            let hit = self.lanes[newest].hits.removeLast()
            self.positions.append(Position(self.lanes[newest].topicPartition, Offset(hit.offset)))
        }
        return true
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

    private mutating func fill(_ index: Int, _ reader: LogReader, _ connection: OpaquePointer) throws -> Int {
        let lane = self.lanes[index]
        if lane.upper > lane.indexedEnd {
            let from = max(lane.lower, lane.indexedEnd, lane.upper - Self.chunk)
            self.lanes[index].upper = from
            return 1
                + (try reader.scan(
                    connection, lane.partitionID, from: from, end: lane.upper, self.probe,
                    into: &self.lanes[index].hits))
        }
        let segment = (lane.upper - 1) >> IndexSchema.segmentShift
        let base = segment << IndexSchema.segmentShift
        let places = try reader.places(
            connection, lane.partitionID, segment: segment, hash: self.hash, from: max(0, lane.lower - base),
            end: lane.upper - base, limit: Self.readAheadMax)
        for place in places.reversed() {
            guard let hit = try reader.hit(connection, lane.partitionID, at: base + place, self.probe) else { continue }
            self.lanes[index].hits.append(hit)
        }
        let isWhole = places.count < Self.readAheadMax
        self.lanes[index].upper = isWhole ? max(base, lane.lower) : base + (places.last ?? 0)
        return Self.seekCost * (1 + places.count)
    }
}
