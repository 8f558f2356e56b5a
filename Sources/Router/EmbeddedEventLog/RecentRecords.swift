import DequeModule
import EventLog
import NIOCore

/// The records that were appended last, of all partitions together: who follows the end of a partition gets them from
/// here, and not back from the file.
///
/// Holds at most `bytesMax` bytes; the oldest go first, whatever partition they are of. What it holds of a partition
/// always reaches up to the partition's end, without a gap.
struct RecentRecords: Sendable {
    /// What an entry costs beside its bytes.
    private static let entryBytes = 256
    /// A slice of few records does not keep alive a buffer that is much larger than it.
    private static let sharedRecordsMin = 8

    private let bytesMax: Int
    private var bytes = 0
    private var runs: [Int: Deque<RecordBatch.Element>] = [:]
    /// Partition and size of each entry, in the order of the appends.
    private var order: Deque<(id: Int, bytes: Int)> = []

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Takes the records of one append.
    mutating func append(_ records: [ProducerRecord], offsets: [Int64], to ids: [Int]) {
        guard self.bytesMax > 0 else { return }
        for index in records.indices {
            var record = records[index].record
            if records.count < Self.sharedRecordsMin { record.value = record.value.map(Self.compact) }
            let size = record.size + Self.entryBytes
            self.runs[ids[index], default: []].append(
                RecordBatch.Element(offset: Offset(offsets[index]), record: record))
            self.order.append((id: ids[index], bytes: size))
            self.bytes += size
        }
        while self.bytes > self.bytesMax, let oldest = self.order.popFirst() {
            self.bytes -= oldest.bytes
            self.runs[oldest.id]?.removeFirst()
        }
    }

    /// The records of a partition from an offset on, within the limits of a fetch, one at least; nil where the offset
    /// is older than what is here.
    func records(of id: Int, from offset: Int64, recordsMax: Int, bytesMax: Int) -> [RecordBatch.Element]? {
        guard let run = self.runs[id], let first = run.first?.offset.value, offset >= first,
            offset - first < run.count
        else { return nil }
        let start = Int(offset - first)
        let limit = min(run.count, start + max(1, recordsMax))
        var end = start
        var bytes = 0
        while end < limit {
            bytes += run[end].record.size
            if end > start, bytes > bytesMax { break }
            end += 1
        }
        return Array(run[start..<end])
    }

    private static func compact(_ buffer: ByteBuffer) -> ByteBuffer {
        buffer.storageCapacity > 2 * buffer.readableBytes + 1_024 ? ByteBuffer(bytes: buffer.readableBytesView) : buffer
    }
}
