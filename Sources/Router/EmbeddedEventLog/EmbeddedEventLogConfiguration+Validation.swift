import EventLog

extension EventLogError.Code {
    /// The configuration of the log is out of its documented ranges.
    public static let invalidConfiguration = Self(name: "invalid-configuration")
}

extension EmbeddedEventLogConfiguration {
    /// - Throws: ``EventLogError`` with code `invalidConfiguration` that names the first key out of its range.
    func validate() throws(EventLogError) {
        guard !self.directory.isEmpty else {
            throw EventLogError(.invalidConfiguration, "the embedded log needs a directory: set 'directory'")
        }
        try self.check("appendQueueRecordsMax", self.appendQueueRecordsMax, in: 1...10_000_000)
        try self.check("appendQueueBytesMax", self.appendQueueBytesMax, in: 1...(4 << 30))
        try self.check("commitBatchRecordsMax", self.commitBatchRecordsMax, in: 1...1_000_000)
        try self.check("commitBatchBytesMax", self.commitBatchBytesMax, in: 1...(1 << 30))
        try self.check("recentBytesMax", self.recentBytesMax, in: 0...(1 << 30))
        try self.check("recordBytesMax", self.recordBytesMax, in: 1...(16 << 20))
        try self.check("fetchBytesMax", self.fetchBytesMax, in: 1...(1 << 30))
        try self.check("metadataBytesMax", self.metadataBytesMax, in: 0...(1 << 20))
        try self.check("readers", self.readers, in: 1...64)
        try self.check("sweepRowsMax", self.sweepRowsMax, in: 1...100_000)
        try self.check("checkpointPages", self.checkpointPages, in: 100...1_000_000)
        if let fileBytesMax = self.fileBytesMax {
            try self.check("fileBytesMax", Int(fileBytesMax), in: (1 << 20)...Int.max)
        }
        guard self.sweepInterval >= .milliseconds(10), self.indexInterval >= .milliseconds(1),
            self.tombstoneRetention >= .zero
        else {
            throw EventLogError(
                .invalidConfiguration,
                "'sweepInterval' is at least 10 ms, 'indexInterval' at least 1 ms, 'tombstoneRetention' not negative")
        }
    }

    private func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(EventLogError) {
        guard range.contains(value) else {
            throw EventLogError(
                .invalidConfiguration, "'\(key)' is \(value): choose \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
