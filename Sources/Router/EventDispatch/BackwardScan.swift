import CloudEvents
import EventLog
import NIOCore

/// Reads several partitions from their ends to their beginnings, merged by time, newest first.
///
/// A partition is read in chunks, each of which is read forwards: the larger its records are, the fewer are in one, so
/// that what is held of all partitions together has a bound in bytes.
struct BackwardScan {
    private struct Lane {
        let topicPartition: TopicPartition
        let start: Int64
        /// Everything at or above was read.
        var upper: Int64
        /// Matches that were read and not given yet, oldest first.
        var buffer: [StoredEvent] = []
        /// How many records are read next.
        var chunk = BackwardScan.chunkMax
    }

    private static let chunkMax: Int64 = 512
    /// Bytes of the chunks of all partitions together, unless those are so many that each has the least.
    private static let bytesMax = 16 << 20
    private static let laneBytesMin = 256 << 10
    private var lanes: [Lane] = []
    private let log: any EventLog
    /// Bytes of a chunk at most, as long as it has more than one record.
    private let laneBytesMax: Int
    /// How many records were read.
    private(set) var scanned = 0

    /// - Parameter uppers: where to begin in each partition, exclusive.
    init(log: any EventLog, uppers: [(topicPartition: TopicPartition, start: Offset, upper: Offset)]) {
        self.log = log
        self.laneBytesMax = max(Self.laneBytesMin, Self.bytesMax / max(1, uppers.count))
        self.lanes = uppers.map {
            Lane(topicPartition: $0.topicPartition, start: $0.start.value, upper: $0.upper.value)
        }
    }

    /// Where a later scan goes on: the exclusive upper end of what was not given, by partition.
    var uppers: [(TopicPartition, Offset)] {
        self.lanes.map { lane in
            (lane.topicPartition, Offset(lane.buffer.last.map { $0.position.offset.value + 1 } ?? lane.upper))
        }
    }

    /// The newest match that was not given yet; nil where there is none, or too much was read (see `scannedMax`).
    mutating func next(
        scannedMax: Int, where isWanted: (StoredEvent) -> Bool
    ) async throws(EventLogError) -> StoredEvent? {
        for index in self.lanes.indices {
            while self.lanes[index].buffer.isEmpty, self.lanes[index].upper > self.lanes[index].start {
                guard self.scanned < scannedMax else { return nil }
                try await self.fill(index, isWanted)
            }
        }
        let newest = self.lanes.indices.compactMap { index in
            self.lanes[index].buffer.last.map { (index: index, event: $0) }
        }.max { left, right in
            (left.event.timestamp, left.event.position) < (right.event.timestamp, right.event.position)
        }
        guard let newest else { return nil }
        self.lanes[newest.index].buffer.removeLast()
        return newest.event
    }

    private mutating func fill(_ index: Int, _ isWanted: (StoredEvent) -> Bool) async throws(EventLogError) {
        while true {
            let lane = self.lanes[index]
            let from = max(lane.start, lane.upper - lane.chunk)
            var matches: [StoredEvent] = []
            var bytes = 0
            var next = Offset(from)
            while next.value < lane.upper, bytes <= self.laneBytesMax || lane.chunk == 1 {
                let batch = try await self.log.fetch(
                    lane.topicPartition, from: next, maxRecords: Int(lane.upper - next.value),
                    maxBytes: self.laneBytesMax, waitMax: .zero)
                for element in batch.records where element.offset.value < lane.upper {
                    self.scanned += 1
                    bytes += element.record.size
                    if let match = Self.match(element, lane.topicPartition, isWanted) { matches.append(match) }
                }
                next = batch.next > next ? batch.next : Offset(lane.upper)
            }
            guard next.value >= lane.upper else {
                // Too large to be held: so many as were read, from where the chunk shall end.
                self.lanes[index].chunk = max(1, min(lane.chunk / 2, next.value - from))
                continue
            }
            self.lanes[index].buffer = matches
            self.lanes[index].upper = from
            if bytes < self.laneBytesMax / 4 { self.lanes[index].chunk = min(2 * lane.chunk, Self.chunkMax) }
            return
        }
    }

    private static func match(
        _ element: RecordBatch.Element, _ topicPartition: TopicPartition, _ isWanted: (StoredEvent) -> Bool
    ) -> StoredEvent? {
        guard let event = try? element.record.cloudEvent() else { return nil }
        var stored = StoredEvent(
            event: event, position: Position(topicPartition, element.offset), timestamp: element.record.timestamp)
        guard isWanted(stored) else { return nil }
        // Data are a slice of all that was read with them, which must not stay for their sake.
        stored.event.data = event.data.map { ByteBuffer(buffer: $0) }
        return stored
    }
}
