import CRdKafka
import EventLog
import Logging
import NIOCore
import Synchronization

/// The log on a Kafka cluster, over librdkafka: one idempotent producer, clients that read where they are asked to, and
/// a member of the group of replicas that share the dispatch.
///
/// Made without asking a broker: one that cannot be reached shows in the first call, and in ``probe()``.
public final class KafkaEventLog: EventLog {
    /// Threads for calls that wait for a broker: as many requests of this kind are under way at most.
    private static let blockingThreads = 8
    /// How often idle cursors are looked for.
    private static let sweepInterval = Duration.seconds(1)
    public let configuration: KafkaEventLogConfiguration
    let admin: KafkaAdmin
    let table = KafkaTopicTable()
    let calls: BlockingCalls
    let readers: KafkaReaderPool
    let membership: KafkaMembership
    let logger: Logger
    private let writer: KafkaWriter
    private let loops: BlockingCalls
    private let isClosed = Mutex(false)

    /// Makes the clients; no broker is asked yet.
    /// - Throws: ``EventLogError`` where librdkafka does not take the settings: a file that is not there, a name or a
    ///   value that it does not know.
    public init(
        configuration: KafkaEventLogConfiguration,
        observer: any KafkaEventLogObserver = SilentKafkaEventLogObserver(), logger: Logger
    ) throws(EventLogError) {
        self.configuration = configuration
        self.logger = logger
        let handle = try KafkaHandle(.consumer, .reader(configuration, waitMilliseconds: 100), logger: logger)
        self.admin = KafkaAdmin(handle: handle, timeoutMilliseconds: configuration.requestTimeoutMilliseconds)
        self.calls = BlockingCalls(threads: Self.blockingThreads)
        self.loops = BlockingCalls(threads: 1)
        self.readers = KafkaReaderPool(configuration, self.calls, logger: logger)
        self.membership = KafkaMembership(configuration, self.calls, logger: logger)
        do throws(EventLogError) {
            self.writer = try KafkaWriter(configuration, self.table, observer: observer, logger: logger)
        } catch {
            handle.destroy()
            throw error
        }
        let (writer, readers) = (self.writer, self.readers)
        self.loops.submit {
            var swept = ContinuousClock.now
            while writer.takeReports() {
                guard swept.duration(to: .now) > Self.sweepInterval else { continue }
                swept = .now
                readers.sweep()
            }
        }
    }

    /// One append may fail in part: what was appended stays, and the caller is told that it failed.
    public var appendsAtomically: Bool { false }

    /// What waits for the brokers, and what was done.
    public var statistics: KafkaEventLogStatistics { self.writer.statistics }

    /// The ends of the partitions that this process has seen; those of others may be further on.
    public var endOffsets: [(topicPartition: TopicPartition, end: Offset)] { self.table.ends }

    /// Whether the brokers answer and the producer can go on.
    /// - Throws: ``EventLogError`` `unavailable` with the reason.
    public func probe() async throws(EventLogError) {
        if let fault = self.writer.fatalError {
            throw EventLogError(.unavailable, "the Kafka producer failed for good and is replaced: \(fault)")
        }
        let admin = self.admin
        // No topic has this name, so that the answer is short; it comes all the same.
        let topic = Topic("\(self.configuration.prefix).probe")
        do throws(EventLogError) {
            try await self.calls.run { admin.metadata(topic).map { _ in } }
        } catch {
            // Who may not see this topic was answered too.
            guard error.isForbidden else { throw error }
        }
    }

    /// Appends records; see ``EventLogWriter/append(_:)``. Records without key and partition go, all of one call and
    /// topic, to one partition, another one with each call.
    /// - Throws: ``EventLogError`` `overloaded` at once where the queue is full; `tooLarge`; `unknownTopic`;
    ///   `unknownPartition`; `corruptRecord` for a record without key in a compacted topic, or that a broker refuses;
    ///   `unavailable` where the brokers did not acknowledge in time: then a part, or all, may be there; `closed`.
    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        guard !records.isEmpty else { return [] }
        var routes: [Topic: (entry: KafkaTopicTable.Entry, keyless: Partition)] = [:]
        var topicPartitions: [TopicPartition] = []
        topicPartitions.reserveCapacity(records.count)
        var bytes = 0
        var current: (topic: Topic, entry: KafkaTopicTable.Entry, keyless: Partition)?
        for record in records {
            if current?.topic != record.topic {
                if routes[record.topic] == nil {
                    routes[record.topic] = (
                        try await self.writableEntry(of: record.topic), self.table.nextPartition(of: record.topic)
                    )
                }
                current = routes[record.topic].map { (record.topic, $0.entry, $0.keyless) }
            }
            guard let current else { continue }
            bytes += try self.checkedSize(record.record)
            let partition = try Self.partition(for: record, in: current.entry, keyless: current.keyless)
            topicPartitions.append(TopicPartition(record.topic, partition))
        }
        guard records.count <= self.configuration.queueRecordsMax, bytes <= self.configuration.queueBytesMax else {
            throw EventLogError(
                .tooLarge, "\(records.count) records (\(bytes) bytes) in one call are more than the queue holds")
        }
        return try await self.writer.append(records, to: topicPartitions, bytes: bytes)
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
    private func checkedSize(_ record: LogRecord) throws(EventLogError) -> Int {
        let size = record.size
        guard size <= self.configuration.recordBytesMax else {
            throw EventLogError(
                .tooLarge, "a record has \(size) bytes, the log takes \(self.configuration.recordBytesMax)")
        }
        return size
    }

    private static func partition(
        for record: ProducerRecord, in entry: KafkaTopicTable.Entry, keyless: Partition
    ) throws(EventLogError) -> Partition {
        if entry.isCompacted, record.record.key == nil {
            throw EventLogError(.corruptRecord, "topic '\(record.topic)' is compacted: a record needs a key")
        }
        if let partition = record.partition {
            guard (0..<Int32(entry.partitions)).contains(partition.value) else {
                throw self.unknown(TopicPartition(record.topic, partition), count: entry.partitions)
            }
            return partition
        }
        guard let key = record.record.key else { return keyless }
        return Partitioner.partition(forKey: key, partitions: entry.partitions)
    }

    static func unknown(_ topicPartition: TopicPartition, count: Int) -> EventLogError {
        EventLogError(
            .unknownPartition,
            "topic '\(topicPartition.topic)' has the partitions 0 to \(count - 1), not \(topicPartition.partition)")
    }

    /// Waits for what is under way (as long as an append may take), then lets all clients go. Calls that come after
    /// throw `closed`. Cancelling has no effect.
    public func close() async {
        let isFirst = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        await self.membership.leave()
        let (writer, readers) = (self.writer, self.readers)
        _ = try? await self.calls.run { () -> Result<Void, EventLogError> in
            writer.close()
            return .success(())
        }
        await self.loops.stop()
        while true {
            let isDone = try? await self.calls.run { () -> Result<Bool, EventLogError> in .success(readers.close()) }
            if isDone ?? true { break }
            try? await Task.sleep(for: .milliseconds(5))
        }
        await self.calls.stop()
        self.writer.destroy()
        self.admin.handle.destroy()
    }
}
