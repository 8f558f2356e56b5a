import EventLog
import KafkaEventLog

/// Records a second through Portarium's writer, acknowledged by all replicas, against a loop in C on the same client.
struct KafkaProduceBenchmark {
    /// Appends under way at the same time.
    private static let appends = 8
    let work: KafkaWork

    /// Appends `count` records to a new topic of this name.
    func append(_ count: Int, to name: String) async throws -> Double {
        let log = try self.work.open()
        let topic = self.work.topic(name)
        try await log.createTopic(TopicSpecification(topic: topic, partitions: KafkaWork.partitions))
        let batches = (0..<(count / KafkaWork.batch)).map { self.work.records(for: topic, from: $0 * KafkaWork.batch) }
        let elapsed = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<Self.appends {
                    group.addTask {
                        for index in stride(from: task, to: batches.count, by: Self.appends) {
                            _ = try await log.append(batches[index])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        await log.close()
        return Double(count) / elapsed.seconds
    }
}

/// Records a second through Portarium's reader, their headers looked at, against a loop in C on the same client.
struct KafkaConsumeBenchmark {
    let work: KafkaWork

    /// Reads all of a topic that ``KafkaProduceBenchmark`` has filled.
    func read(_ count: Int, of name: String) async throws -> Double {
        let log = try self.work.open()
        let topic = self.work.topic(name)
        let elapsed = try await ContinuousClock().measure {
            let seen = try await withThrowingTaskGroup(of: Int.self) { group in
                for partition in 0..<KafkaWork.partitions {
                    group.addTask {
                        try await Self.read(TopicPartition(topic, Partition(Int32(partition))), of: log)
                    }
                }
                return try await group.reduce(0, +)
            }
            guard seen == count else { throw BenchmarkOptions.Misuse("\(seen) of \(count) records were read") }
        }
        await log.close()
        return Double(count) / elapsed.seconds
    }

    private static func read(_ topicPartition: TopicPartition, of log: KafkaEventLog) async throws -> Int {
        let end = try await log.bounds(of: topicPartition).end
        var (next, count, headerBytes) = (Offset.zero, 0, 0)
        while next < end {
            let batch = try await log.fetch(
                topicPartition, from: next, maxRecords: 1_000, maxBytes: 1 << 20, waitMax: .seconds(1))
            for element in batch.records {
                count += 1
                element.record.headers.forEach { name, value in headerBytes += name.count + value.count }
            }
            next = batch.next
        }
        guard headerBytes > 0 else { throw BenchmarkOptions.Misuse("no headers were read") }
        return count
    }
}
