/// The entries of the records of a stretch of one partition, in the order in which they are looked up.
///
/// A run is written once and never changed: what is added to a partition becomes a run of its own, and small ones next
/// to each other are made into one. So the file is written in long pieces, however the hashes are scattered.
struct IndexRun: Sendable, Equatable {
    /// Entries of one run at most; one record that has more is a run by itself.
    static let entriesMax = 32_768
    /// Entries that lie in one row of the file: as many as go on a page.
    static let blockEntries = 156

    private(set) var first: Int64
    /// Past the last record that has an entry.
    private(set) var end: Int64
    private(set) var entries: [IndexEntry] = []

    /// An empty run that takes records from `first` on.
    init(first: Int64) { (self.first, self.end) = (first, first) }

    /// A run with these entries, which are in order.
    init(first: Int64, end: Int64, sorted entries: [IndexEntry]) {
        (self.first, self.end, self.entries) = (first, end, entries)
    }

    /// Whether a record with so many values goes into this run too.
    func hasRoom(for count: Int, at offset: Int64) -> Bool {
        self.entries.isEmpty
            || self.entries.count + count <= Self.entriesMax && offset - self.first < IndexEntry.spanMax
    }

    /// Adds the hashes of one record, behind those that are there.
    mutating func add(_ hashes: [IndexHash], at offset: Int64, timestamp: Int64) {
        if self.entries.isEmpty { self.first = offset }
        for hash in hashes { self.entries.append(IndexEntry(hash: hash, offset: offset, timestamp: timestamp)) }
        self.end = offset + 1
    }

    /// Puts the entries in order; what is there twice goes: a record whose headers repeat a value.
    mutating func sort() {
        self.entries.sort()
        guard var kept = self.entries.indices.first else { return }
        for index in self.entries.indices.dropFirst() where self.entries[index] != self.entries[kept] {
            kept += 1
            self.entries[kept] = self.entries[index]
        }
        self.entries.removeLast(self.entries.count - kept - 1)
    }

    /// Whether an older run of so many entries shall become one with this newer one. Runs that stay apart at least
    /// halve in size, so there are few small ones, and an entry is written again only some times.
    func shallTake(entries: Int, first: Int64) -> Bool {
        entries < 2 * self.entries.count && entries + self.entries.count <= Self.entriesMax
            && self.end - first <= IndexEntry.spanMax
    }

    /// This run with an older one.
    func merged(with older: IndexRun) -> IndexRun {
        var merged: [IndexEntry] = []
        merged.reserveCapacity(self.entries.count + older.entries.count)
        var (left, right) = (0, 0)
        while left < older.entries.count, right < self.entries.count {
            if older.entries[left] < self.entries[right] {
                merged.append(older.entries[left])
                left += 1
            } else {
                merged.append(self.entries[right])
                right += 1
            }
        }
        merged.append(contentsOf: older.entries[left...])
        merged.append(contentsOf: self.entries[right...])
        return IndexRun(first: older.first, end: self.end, sorted: merged)
    }

    /// The rows of the file: entries that lie together.
    var blocks: [[UInt8]] {
        stride(from: 0, to: self.entries.count, by: Self.blockEntries).map { start in
            let end = min(start + Self.blockEntries, self.entries.count)
            var bytes: [UInt8] = []
            bytes.reserveCapacity((end - start) * IndexEntry.bytes)
            for entry in self.entries[start..<end] { entry.write(to: &bytes, from: self.first) }
            return bytes
        }
    }

    /// What each block begins with, to find the blocks of a hash.
    var fences: [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: self.entries.count, by: Self.blockEntries) {
            withUnsafeBytes(of: self.entries[start].hash.first.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The blocks in which entries of a hash may lie.
    static func blocks(of hash: IndexHash, fences: UnsafeRawBufferPointer) -> Range<Int> {
        let count = fences.count / 8
        func fence(_ number: Int) -> UInt64 {
            UInt64(littleEndian: fences.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self))
        }
        // The first block that begins with this hash or a larger one: the one before may end with it.
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if fence(middle) < hash.first { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < count, fence(end) == hash.first { end += 1 }
        return max(0, low - 1)..<end
    }
}
