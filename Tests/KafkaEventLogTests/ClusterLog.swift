import EventLog
import KafkaEventLog
import KafkaTestKit
import NIOCore

/// A log on a cluster of a test's own that fails at will, and one topic on it.
struct ClusterLog: Sendable {
    let cluster: MockCluster
    let log: KafkaEventLog
    let topic: Topic

    /// Runs `body` and leaves nothing behind on any path.
    static func with<R>(
        partitions: Int = 1, _ change: (inout KafkaEventLogConfiguration) -> Void = { _ in },
        _ body: (ClusterLog) async throws -> R
    ) async throws -> R {
        try await MockCluster.with { cluster in
            let prefix = unusedPrefix()
            let log = try await CurrentKafkaLog(brokers: cluster.bootstrap, prefix: prefix) { configuration in
                configuration.deliveryTimeoutMilliseconds = 5_000
                configuration.requestTimeoutMilliseconds = 3_000
                change(&configuration)
            }.log
            let topic = Topic("\(prefix).t")
            try await cluster.createTopic(topic.name, partitions: partitions)
            let result: Result<R, any Error>
            do { result = .success(try await body(ClusterLog(cluster: cluster, log: log, topic: topic))) } catch {
                result = .failure(error)
            }
            await log.close()
            return try result.get()
        }
    }

    func place(_ partition: Int32 = 0) -> TopicPartition { TopicPartition(self.topic, Partition(partition)) }

    @discardableResult
    func append(_ texts: [String], partition: Int32 = 0) async throws(EventLogError) -> [Position] {
        try await self.log.append(texts.map { Self.record(self.place(partition), $0) })
    }

    static func record(_ place: TopicPartition, _ text: String) -> ProducerRecord {
        ProducerRecord(
            topic: place.topic, partition: place.partition,
            record: LogRecord(
                key: nil, headers: RecordHeaders(), value: ByteBuffer(string: text),
                timestamp: Timestamp(milliseconds: 1_000)))
    }

    /// All texts of a partition.
    func texts(_ partition: Int32 = 0) async throws -> [String] {
        try await Self.texts(self.place(partition), in: self.log)
    }

    static func texts(_ place: TopicPartition, in log: KafkaEventLog) async throws -> [String] {
        let end = try await log.bounds(of: place).end
        var next = Offset.zero
        var texts: [String] = []
        while next < end {
            let batch = try await log.fetch(
                place, from: next, maxRecords: 1_000, maxBytes: 1 << 20, waitMax: .seconds(5))
            texts += batch.records.compactMap { $0.record.value.map { String(buffer: $0) } }
            next = batch.next
        }
        return texts
    }
}
