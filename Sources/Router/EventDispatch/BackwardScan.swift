import CloudEvents
import EventLog

/// Reads several partitions from their ends to their beginnings, merged by time, newest first.
struct BackwardScan {
    private struct Lane {
        let topicPartition: TopicPartition
        let start: Int64
        /// Everything at or above was read.
        var upper: Int64
        /// Matches that were read and not given yet, oldest first.
        var buffer: [StoredEvent] = []
    }

    private static let chunk: Int64 = 512
    private var lanes: [Lane] = []
    private let log: any EventLog
    /// How many records were read.
    private(set) var scanned = 0

    /// - Parameter uppers: where to begin in each partition, exclusive.
    init(log: any EventLog, uppers: [(topicPartition: TopicPartition, start: Offset, upper: Offset)]) {
        self.log = log
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
        let lane = self.lanes[index]
        let from = max(lane.start, lane.upper - Self.chunk)
        var next = Offset(from)
        while next.value < lane.upper {
            let batch = try await self.log.fetch(
                lane.topicPartition, from: next, maxRecords: Int(lane.upper - next.value), maxBytes: 16 << 20,
                waitMax: .zero)
            for element in batch.records where element.offset.value < lane.upper {
                self.scanned += 1
                guard let event = try? element.record.cloudEvent() else { continue }
                let stored = StoredEvent(
                    event: event, position: Position(lane.topicPartition, element.offset),
                    timestamp: element.record.timestamp)
                if isWanted(stored) { self.lanes[index].buffer.append(stored) }
            }
            guard batch.next > next else { break }
            next = batch.next
        }
        self.lanes[index].upper = from
    }
}
