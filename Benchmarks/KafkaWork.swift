import EventLog
import KafkaEventLog
import Logging
import NIOCore

/// What the Kafka benchmarks move: records as the router writes them, six `ce_` headers, a key, and data.
struct KafkaWork: Sendable {
    /// Records of one append.
    static let batch = 1_000
    static let partitions = 4
    let brokers: String
    let prefix: String
    /// Bytes of the data.
    let dataBytes: Int

    func open() throws -> KafkaEventLog {
        var configuration = KafkaEventLogConfiguration(brokers: self.brokers)
        configuration.prefix = self.prefix
        configuration.lingerMilliseconds = 5
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return try KafkaEventLog(configuration: configuration, logger: logger)
    }

    func topic(_ name: String) -> Topic { Topic("\(self.prefix).\(name)") }

    /// A batch of records for one append.
    func records(for topic: Topic, from first: Int) -> [ProducerRecord] {
        let value = ByteBuffer(repeating: UInt8(ascii: "x"), count: self.dataBytes)
        return (first..<(first + Self.batch)).map { number in
            var headers = RecordHeaders(reservingCapacity: 200)
            headers.append(name: "ce_specversion", value: "1.0")
            headers.append(name: "ce_id", value: "7f9c2ba4-\(number)")
            headers.append(name: "ce_source", value: "/bench/source")
            headers.append(
                name: "ce_type", value: number % 2 == 0 ? "com.portarium.bench.Even.v1" : "com.portarium.bench.Odd.v1")
            headers.append(name: "ce_tenantid", value: "default")
            headers.append(name: "content-type", value: "application/json")
            return ProducerRecord(
                topic: topic, partition: Partition(Int32(number / Self.batch % Self.partitions)),
                record: LogRecord(
                    key: ByteBuffer(string: "default|key-\(number % 10_000)"), headers: headers, value: value,
                    timestamp: Timestamp(milliseconds: 1_700_000_000_000)))
        }
    }
}
