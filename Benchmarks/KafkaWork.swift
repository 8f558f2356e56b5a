import EventLog
import KafkaEventLog
import Logging
import NIOCore

/// What the Kafka benchmarks move: the records that the loops in C write, and a client set up as they are.
struct KafkaWork: Sendable {
    /// Records of one append.
    static let batch = 1_000
    static let partitions = 4
    static let lingerMilliseconds = 5
    private static let keys = 1_024
    let brokers: String
    let prefix: String
    /// Bytes of the data.
    let dataBytes: Int

    func open() throws -> KafkaEventLog {
        var configuration = KafkaEventLogConfiguration(brokers: self.brokers)
        configuration.prefix = self.prefix
        configuration.lingerMilliseconds = Self.lingerMilliseconds
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return try KafkaEventLog(configuration: configuration, logger: logger)
    }

    func topic(_ name: String) -> Topic { Topic("\(self.prefix).\(name)") }

    /// Makes a topic of this name.
    func makeTopic(_ name: String) async throws {
        let log = try self.open()
        try await log.createTopic(TopicSpecification(topic: self.topic(name), partitions: Self.partitions))
        await log.close()
    }

    /// Text that compresses as events do: not to nothing.
    private var value: ByteBuffer {
        let pattern = Array(#"{"name":1234567890, "#.utf8)
        var random: UInt32 = 1
        return ByteBuffer(
            bytes: (0..<self.dataBytes).map { at in
                random = random &* 1_664_525 &+ 1_013_904_223
                return at % 3 != 0 ? pattern[at % 20] : UInt8(ascii: "a") + UInt8((random >> 24) % 26)
            })
    }

    /// Batches for appends: `count` records in all.
    func batches(_ count: Int, for topic: Topic) -> [[ProducerRecord]] {
        let value = self.value
        return stride(from: 0, to: count, by: Self.batch).map { first in
            (first..<min(first + Self.batch, count)).map { Self.record($0, topic, value) }
        }
    }

    private static func record(_ number: Int, _ topic: Topic, _ value: ByteBuffer) -> ProducerRecord {
        var headers = RecordHeaders(reservingCapacity: 256)
        headers.append(name: "ce_specversion", value: "1.0")
        headers.append(name: "ce_id", value: "event-\(1_000_000_000_000 + number)")
        headers.append(name: "ce_source", value: "/shops/berlin")
        headers.append(
            name: "ce_type", value: number % 2 == 0 ? "com.example.order.placed" : "com.example.order.cancelled")
        headers.append(name: "ce_time", value: "2026-01-01T00:00:00Z")
        headers.append(name: "ce_subject", value: "orders/4711")
        return ProducerRecord(
            topic: topic,
            record: LogRecord(
                key: ByteBuffer(string: "key-\(number * 7_919 % Self.keys)"), headers: headers, value: value,
                timestamp: Timestamp(milliseconds: 1_767_225_600_000)))
    }
}
