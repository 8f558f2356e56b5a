import EventLog

/// What was read of some partitions, to be written in one transaction.
struct IndexStep: Sendable {
    /// The last record of a partition that is indexed: where it is another one, so is the topic.
    struct Last: Sendable, Hashable {
        var offset: Int64
        var fingerprint: Int64
    }

    /// What was read of one partition.
    struct Stretch: Sendable {
        let topicPartition: TopicPartition
        let progressID: Int64
        /// From where on; nothing is written where something else has been meanwhile.
        let from: Int64
        /// What came from there on, in order.
        private(set) var runs: [IndexRun] = []
        private(set) var next: Int64
        private(set) var last: Last?

        init(_ topicPartition: TopicPartition, progressID: Int64, from: Int64, last: Last?) {
            self.topicPartition = topicPartition
            self.progressID = progressID
            self.from = from
            self.next = from
            self.last = last
        }

        /// Adds a record behind those that are there, and says what it counts: one, and more where it has many values.
        mutating func add(
            _ element: RecordBatch.Element, _ hasher: RecordHasher, _ scratch: inout RecordHasher.Scratch
        ) -> Int {
            var hashes: [IndexHash] = []
            hasher.forEachHash(of: element.record.headers, &scratch) { hashes.append($0) }
            let offset = element.offset.value
            if !hashes.isEmpty {
                if self.runs.last.map({ !$0.hasRoom(for: hashes.count, at: offset) }) ?? true {
                    self.runs.append(IndexRun(first: offset))
                }
                self.runs[self.runs.count - 1].add(hashes, at: offset, timestamp: element.record.timestamp.milliseconds)
            }
            self.next = max(self.next, offset + 1)
            return max(1, hashes.count / 2)
        }

        /// The stretch was read up to an offset, and this was its last record.
        mutating func advance(to next: Int64, last: Last?) {
            self.next = max(self.next, next)
            if let last { self.last = last }
        }

        mutating func sort() {
            for index in self.runs.indices { self.runs[index].sort() }
        }
    }

    var stretches: [Stretch] = []
    /// What was read: records, see ``Stretch/add(_:_:_:)``.
    var records = 0
}
