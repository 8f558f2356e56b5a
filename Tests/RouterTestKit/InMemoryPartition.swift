import EventLog
import NIOCore

/// One partition of an ``InMemoryEventLog``.
struct InMemoryPartition: Sendable {
    private(set) var records: [RecordBatch.Element] = []
    private(set) var bounds = OffsetBounds(start: .zero, end: .zero)

    mutating func append(_ record: LogRecord) -> Offset {
        let offset = self.bounds.end
        self.records.append(RecordBatch.Element(offset: offset, record: record))
        self.bounds.end = offset.next
        return offset
    }

    func read(
        _ topicPartition: TopicPartition, _ offset: Offset, recordsMax: Int, bytesMax: Int
    ) throws(EventLogError) -> RecordBatch {
        guard offset >= self.bounds.start, offset <= self.bounds.end else {
            throw EventLogError(
                .offsetOutOfRange, "\(topicPartition) does not hold offset \(offset)", bounds: self.bounds)
        }
        var batch = RecordBatch(
            topicPartition: topicPartition, records: [], next: self.bounds.end, end: self.bounds.end)
        var bytes = 0
        for element in self.records[self.index(of: offset)...] {
            bytes += element.record.size
            guard batch.records.isEmpty || bytes <= bytesMax else { break }
            batch.records.append(element)
            if batch.records.count >= recordsMax { break }
        }
        if let last = batch.records.last, last.offset != self.records.last?.offset { batch.next = last.offset.next }
        return batch
    }

    /// Where the first record at or past an offset is.
    private func index(of offset: Offset) -> Int {
        var (low, high) = (0, self.records.count)
        while low < high {
            let middle = (low + high) / 2
            if self.records[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Lets the oldest go: those past the age, up to the first that is not, and those that are too many bytes.
    mutating func retain(_ specification: TopicSpecification, now: Timestamp) {
        var kept = self.records[...]
        if let age = specification.retentionAge {
            let (seconds, attoseconds) = age.components
            let oldest = now.milliseconds - seconds * 1_000 - attoseconds / 1_000_000_000_000_000
            kept = kept.drop { $0.record.timestamp.milliseconds < oldest }
        }
        if let bytesMax = specification.retentionBytesMax {
            var bytes = kept.reduce(0) { $0 + Int64($1.record.size) }
            while bytes > bytesMax, let first = kept.first {
                bytes -= Int64(first.record.size)
                kept = kept.dropFirst()
            }
        }
        guard kept.count < self.records.count else { return }
        self.bounds.start = kept.first?.offset ?? self.bounds.end
        self.records = Array(kept)
    }

    /// Loses what lies from an offset on, as brokers do that fail.
    mutating func truncate(from offset: Offset) {
        self.records.removeAll { $0.offset >= offset }
        self.bounds.end = min(self.bounds.end, offset)
    }

    /// Keeps the last record of each key; a tombstone goes when it is old.
    mutating func compact(now: Timestamp, tombstoneRetention: Duration) {
        let (seconds, attoseconds) = tombstoneRetention.components
        let oldest = now.milliseconds - seconds * 1_000 - attoseconds / 1_000_000_000_000_000
        var last: [ByteBuffer: Offset] = [:]
        for element in self.records {
            if let key = element.record.key { last[key] = element.offset }
        }
        self.records.removeAll { element in
            guard let key = element.record.key else { return false }
            if last[key] != element.offset { return true }
            return element.record.value == nil && element.record.timestamp.milliseconds < oldest
        }
    }
}
