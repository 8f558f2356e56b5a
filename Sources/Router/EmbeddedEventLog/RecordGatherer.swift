import EventLog
import NIOCore

/// Collects the rows of one fetch: copies their bytes side by side, then cuts records out of few buffers.
///
/// The scratch memory is the reader's and is used again; a finished buffer is as large as what it holds, because a
/// record that somebody keeps keeps its whole buffer.
struct RecordGatherer: ~Copyable {
    private struct Entry {
        var offset: Int64
        var timestamp: Int64
        /// -1: there is no key.
        var keyCount: Int
        var headersCount: Int
        /// -1: there is no value.
        var valueCount: Int
    }

    /// A slice that begins past 16 MiB of its buffer would be copied by NIO: finish a buffer well before.
    private static let bufferBytesMax = 4 << 20

    private var scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var count = 0
    private var entries: [Entry] = []
    private var records: [RecordBatch.Element] = []

    deinit { self.scratch.deallocate() }

    mutating func add(
        offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?, headers: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?
    ) throws(EventLogError) {
        let size = (key?.count ?? 0) + headers.count + (value?.count ?? 0)
        if self.count > 0, self.count + size > Self.bufferBytesMax { try self.cut() }
        self.reserve(self.count + size)
        if let key { self.copy(key) }
        self.copy(headers)
        if let value { self.copy(value) }
        self.entries.append(
            Entry(
                offset: offset, timestamp: timestamp, keyCount: key?.count ?? -1, headersCount: headers.count,
                valueCount: value?.count ?? -1))
    }

    /// The records since the last call. Scratch memory that one large fetch needed is given back.
    mutating func finish() throws(EventLogError) -> [RecordBatch.Element] {
        try self.cut()
        let records = self.records
        self.records = []
        return records
    }

    /// Forgets what a failed fetch left.
    mutating func clear() {
        self.count = 0
        self.entries.removeAll(keepingCapacity: true)
        self.records = []
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        UnsafeMutableRawBufferPointer(rebasing: self.scratch[self.count..<(self.count + bytes.count)])
            .copyMemory(from: bytes)
        self.count += bytes.count
    }

    private mutating func reserve(_ needed: Int) {
        guard needed > self.scratch.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, 2 * self.scratch.count), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: self.scratch[..<self.count]))
        self.scratch.deallocate()
        self.scratch = larger
    }

    private mutating func cut() throws(EventLogError) {
        let buffer = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: self.scratch[..<self.count]))
        self.records.reserveCapacity(self.records.count + self.entries.count)
        var cursor = 0
        for entry in self.entries {
            let key = Self.slice(buffer, &cursor, entry.keyCount)
            let headers = Self.slice(buffer, &cursor, entry.headersCount) ?? ByteBuffer()
            let value = Self.slice(buffer, &cursor, entry.valueCount)
            self.records.append(
                RecordBatch.Element(
                    offset: Offset(entry.offset),
                    record: LogRecord(
                        key: key, headers: try RecordHeaders(packed: headers), value: value,
                        timestamp: Timestamp(milliseconds: entry.timestamp))))
        }
        self.count = 0
        self.entries.removeAll(keepingCapacity: true)
        if self.scratch.count > Self.bufferBytesMax {
            self.scratch.deallocate()
            self.scratch = .allocate(byteCount: 64 << 10, alignment: 16)
        }
    }

    private static func slice(_ buffer: ByteBuffer, _ cursor: inout Int, _ count: Int) -> ByteBuffer? {
        guard count >= 0 else { return nil }
        defer { cursor += count }
        return buffer.getSlice(at: cursor, length: count)
    }
}
