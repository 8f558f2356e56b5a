import EventLog

/// Entries that go into the index in one transaction, in the order in which the file keeps them.
struct IndexBatch: Sendable {
    /// The entries of one segment: the hash in the high half, the place in the segment in the low one.
    struct Run: Sendable {
        let partitionID: Int
        let segment: Int64
        var keys: [Int64] = []

        /// Takes out what a sorted run has twice: a record whose headers repeat a value.
        mutating func removeRepeated() {
            guard var kept = self.keys.indices.first else { return }
            for index in self.keys.indices where self.keys[index] != self.keys[kept] {
                kept += 1
                self.keys[kept] = self.keys[index]
            }
            self.keys.removeLast(self.keys.count - kept - 1)
        }
    }

    private(set) var runs: [Run] = []
    /// Where each partition that was read goes on.
    private(set) var progress: [Int: Int64] = [:]
    /// Records that were read.
    private(set) var records = 0

    /// Adds an entry; those of one partition come together and in the order of their offsets.
    @inline(__always)
    mutating func add(_ hash: Int32, at offset: Int64, of partitionID: Int) {
        let segment = offset >> IndexSchema.segmentShift
        let last = self.runs.count - 1
        if last < 0 || self.runs[last].segment != segment || self.runs[last].partitionID != partitionID {
            self.runs.append(Run(partitionID: partitionID, segment: segment))
        }
        let place = offset - segment << IndexSchema.segmentShift
        self.runs[self.runs.count - 1].keys.append(Int64(hash) << 32 | place)
    }

    /// A partition was read up to an offset.
    mutating func advance(_ partitionID: Int, to next: Int64, records: Int) {
        self.progress[partitionID] = next
        self.records += records
    }

    mutating func sort() {
        for index in self.runs.indices {
            self.runs[index].keys.sort()
            self.runs[index].removeRepeated()
        }
    }
}
