import EventLog

extension KafkaEventLog {
    /// One append may fail in part: what was appended stays, and the caller is told that it failed.
    public var appendsAtomically: Bool { false }

    /// Appends records; see ``EventLogWriter/append(_:)``. Records without key and partition go, all of one call and
    /// topic, to one partition, another one with each call.
    /// - Throws: ``EventLogError`` `overloaded` at once where the queue is full; `tooLarge`; `unknownTopic`;
    ///   `unknownPartition`; `corruptRecord` for a record without key in a compacted topic, or that a broker refuses;
    ///   `unavailable` where the brokers did not acknowledge in time: then a part, or all, may be there; `closed`.
    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        guard !records.isEmpty else { return [] }
        let lot = try await self.addressed(records)
        return try await self.writer.append(lot.records, to: lot.topicPartitions, bytes: lot.bytes)
    }

    /// Appends several lots at the same time; see ``EventLogWriter/appendEach(_:_:)``. None of a lot is appended where
    /// one of its records is refused for what it is.
    public func appendEach(_ lots: [[ProducerRecord]], _ ended: @escaping @Sendable ([LotOutcome]) -> Void) async {
        var addressed: [Result<KafkaWriter.Lot, EventLogError>] = []
        addressed.reserveCapacity(lots.count)
        for lot in lots {
            do throws(EventLogError) { addressed.append(.success(try await self.addressed(lot))) } catch {
                addressed.append(.failure(error))
            }
        }
        await self.writer.append(addressed, ended)
    }

    /// Finds each record's partition, and refuses what cannot be appended before anything is.
    private func addressed(_ records: [ProducerRecord]) async throws(EventLogError) -> KafkaWriter.Lot {
        var routes: [Topic: (entry: KafkaTopicTable.Entry, keyless: Partition)] = [:]
        var topicPartitions: [TopicPartition] = []
        topicPartitions.reserveCapacity(records.count)
        var bytes = 0
        var current: (topic: Topic, entry: KafkaTopicTable.Entry, keyless: Partition)?
        // By index: a record that is copied out of the array costs four counts of references.
        for index in records.indices {
            if current?.topic != records[index].topic {
                let topic = records[index].topic
                if routes[topic] == nil {
                    routes[topic] = (try await self.writableEntry(of: topic), self.table.nextPartition(of: topic))
                }
                current = routes[topic].map { (topic, $0.entry, $0.keyless) }
            }
            guard let current else { continue }
            bytes += try self.checkedSize(records[index], index, current.entry)
            let partition = try records[index].partition(
                of: current.entry.partitions, isCompacted: current.entry.isCompacted, keyless: current.keyless)
            topicPartitions.append(TopicPartition(current.topic, partition))
        }
        guard records.count <= self.configuration.queueRecordsMax else {
            throw EventLogError(
                over: .init(
                    size: records.count, limit: "log.appendQueueRecordsMax",
                    limitMax: self.configuration.queueRecordsMax))
        }
        guard bytes <= self.configuration.queueBytesMax else {
            throw EventLogError(
                over: .init(
                    size: bytes, limit: "log.appendQueueBytesMax", limitMax: self.configuration.queueBytesMax))
        }
        return KafkaWriter.Lot(records: records, topicPartitions: topicPartitions, bytes: bytes)
    }

    /// What is known of a topic that the producer has to know too.
    private func writableEntry(of topic: Topic) async throws(EventLogError) -> KafkaTopicTable.Entry {
        let entry = try await self.entry(of: topic)
        if self.writer.mustLearn(topic, partitions: entry.partitions) {
            let (writer, timeout) = (self.writer, self.admin.timeout)
            try await self.calls.run {
                writer.learn(topic, partitions: entry.partitions, timeoutMilliseconds: timeout)
            }
        }
        return entry
    }

    @inline(__always)
    private func checkedSize(
        _ record: ProducerRecord, _ index: Int, _ entry: KafkaTopicTable.Entry
    ) throws(EventLogError) -> Int {
        let size = record.record.size
        // Nothing of a call is queued yet: one record that a broker would refuse must not leave a part of it behind.
        if let most = entry.recordBytesMax, most < self.configuration.recordBytesMax, size + Self.batchBytes > most {
            throw EventLogError(
                over: .init(
                    recordIndex: index, size: size, limit: Self.topicLimit(record.topic), limitMax: most))
        }
        guard size <= self.configuration.recordBytesMax else {
            throw EventLogError(
                over: .init(
                    recordIndex: index, size: size, limit: "kafka.recordBytesMax",
                    limitMax: self.configuration.recordBytesMax))
        }
        return size
    }

    /// What a batch of one record has around it at least (KIP-98: 61 bytes of the batch, some of the record).
    private static let batchBytes = 70

    /// What the brokers call their limit for a topic.
    static func topicLimit(_ topic: Topic) -> String { "max.message.bytes of topic \(topic)" }
}
