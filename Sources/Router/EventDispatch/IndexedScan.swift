import CloudEvents
import EventLog

/// Reads the records that the index names, newest first, merged over several partitions as ``BackwardScan`` does.
struct IndexedScan {
    /// What the index is asked for.
    struct Key: Sendable {
        let header: String
        let value: String
        let tenant: String
    }

    /// Positions of one answer of the index at most.
    private static let chunkMax = 1_024
    private let key: Key
    private let index: any EventIndex
    private let log: any EventLog
    /// What was not given yet.
    private var ranges: [TopicPartition: Range<Offset>]
    /// From the index and not read yet, oldest first.
    private var positions: [Position] = []
    /// Whether the index has nothing behind `positions`.
    private var isLast = false
    /// Positions to ask for next: more each time, because then few of them were wanted.
    private var chunk: Int
    /// How many records were read.
    private(set) var scanned = 0

    /// - Parameter wanted: how many matches are looked for.
    init(
        _ key: Key, index: any EventIndex, log: any EventLog, ranges: [TopicPartition: Range<Offset>], wanted: Int
    ) {
        self.key = key
        self.chunk = min(max(1, wanted), Self.chunkMax)
        self.index = index
        self.log = log
        self.ranges = ranges
    }

    /// Where a later scan goes on: the exclusive upper end of what was not given, by partition. Empty: nothing is left.
    var uppers: [(TopicPartition, Offset)] {
        var rest = self.ranges
        if self.isLast {
            let partitions = Set(self.positions.map(\.topicPartition))
            rest = rest.filter { partitions.contains($0.key) }
        }
        return rest.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.upperBound) }
    }

    /// The newest match that was not given yet; nil where there is none, or too much was read (see `scannedMax`).
    mutating func next(
        scannedMax: Int, where isWanted: (StoredEvent) -> Bool
    ) async throws(EventLogError) -> StoredEvent? {
        while self.scanned < scannedMax {
            if self.positions.isEmpty {
                guard !self.isLast else { return nil }
                let found = try await self.index.positions(
                    header: self.key.header, value: self.key.value, tenant: self.key.tenant, in: self.ranges,
                    limit: self.chunk)
                self.isLast = found.count < self.chunk
                self.chunk = min(2 * self.chunk, Self.chunkMax)
                self.positions = found.reversed()
            }
            guard let position = self.positions.popLast() else { continue }
            if let range = self.ranges[position.topicPartition] {
                self.ranges[position.topicPartition] = range.lowerBound..<max(range.lowerBound, position.offset)
            }
            self.scanned += 1
            guard let record = try await self.log.record(at: position), let event = try? record.cloudEvent() else {
                continue
            }
            let stored = StoredEvent(event: event, position: position, timestamp: record.timestamp)
            if isWanted(stored) { return stored }
        }
        return nil
    }
}

extension EventLog {
    /// One record; nil where retention or compaction took it.
    func record(at position: Position) async throws(EventLogError) -> LogRecord? {
        do {
            let batch = try await self.fetch(
                position.topicPartition, from: position.offset, maxRecords: 1, maxBytes: 1, waitMax: .zero)
            return batch.records.first { $0.offset == position.offset }?.record
        } catch {
            guard error.code == .offsetOutOfRange else { throw error }
            return nil
        }
    }
}
