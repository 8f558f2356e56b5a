import CloudEvents
import EmbeddedEventLog
import EventLog
import GRDB
import Logging
import NIOCore
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A log and its index, open in a directory that outlives both.
final class IndexedLog: Sendable {
    let log: EmbeddedEventLog
    let index: EmbeddedEventIndex
    let lines: LogLines

    init(_ directory: String, configure: (inout EmbeddedEventLogConfiguration) -> Void = { _ in }) throws {
        let lines = LogLines()
        var configuration = EmbeddedEventLogConfiguration(directory: directory)
        configure(&configuration)
        self.lines = lines
        self.log = try EmbeddedEventLog(
            configuration: configuration, logger: Logger(label: "test") { _ in LineHandler(lines: lines) })
        self.index = try EmbeddedEventIndex(log: self.log)
    }

    func close() async {
        await self.index.close()
        await self.log.close()
    }

    /// Offsets of one topic's records that have a header, as the index gives them.
    func offsets(
        _ header: String, _ value: String, tenant: String = "t", in topic: Topic, limit: Int = 100
    ) async throws -> [Int64] {
        try await self.find(header, value, tenant: tenant, in: [topic], limit: limit).map(\.offset.value)
    }

    func find(
        _ header: String, _ value: String, tenant: String = "t", in topics: [Topic], limit: Int = 100
    ) async throws -> [Position] {
        var ranges: [TopicPartition: Range<Offset>] = [:]
        for specification in try await self.log.topics() where topics.contains(specification.topic) {
            for number in 0..<Int32(specification.partitions) {
                ranges[TopicPartition(specification.topic, Partition(number))] = .zero..<Offset(.max)
            }
        }
        return try await self.index.positions(header: header, value: value, tenant: tenant, in: ranges, limit: limit)
    }

    func createTopic(
        _ name: String, partitions: Int = 1, isCompacted: Bool = false, retentionAge: Duration? = nil
    ) async throws -> Topic {
        let topic = Topic(name)
        try await self.log.createTopic(
            TopicSpecification(
                topic: topic, partitions: partitions, isCompacted: isCompacted, retentionAge: retentionAge))
        return topic
    }
}

/// Opens a log with its index in a fresh directory, and closes both.
func withIndexedLog(
    configure: (inout EmbeddedEventLogConfiguration) -> Void = { _ in }, _ body: (IndexedLog) async throws -> Void
) async throws {
    try await withDirectory { try await withIndexedLog(in: $0, configure: configure, body) }
}

/// Opens a log with its index in a directory, and closes both.
func withIndexedLog(
    in directory: String, configure: (inout EmbeddedEventLogConfiguration) -> Void = { _ in },
    _ body: (IndexedLog) async throws -> Void
) async throws {
    let subject = try IndexedLog(directory, configure: configure)
    let result = await Result { try await body(subject) }
    await subject.close()
    try result.get()
}

/// The log lines of one log.
final class LogLines: Sendable {
    private let state = Mutex<[String]>([])

    var all: [String] { self.state.withLock { $0 } }

    func add(_ line: String) { self.state.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) { self.lines.add("\(event.level) \(event.message)") }
}

extension ProducerRecord {
    /// The record of an event with an id and a correlation id.
    static func event(
        _ topic: Topic, partition: Int32 = 0, id: String, correlation: String? = nil, tenant: String? = "t",
        at milliseconds: Int64 = 1_000, key: String? = nil, value: String? = "data"
    ) -> ProducerRecord {
        var headers = RecordHeaders()
        headers.append(name: "ce_specversion", value: "1.0")
        headers.append(name: "ce_id", value: id)
        headers.append(name: "ce_source", value: "/test")
        if let tenant { headers.append(name: "ce_tenantid", value: tenant) }
        if let correlation { headers.append(name: "ce_correlationid", value: correlation) }
        return ProducerRecord(
            topic: topic, partition: Partition(partition),
            record: LogRecord(
                key: key.map { ByteBuffer(string: $0) }, headers: headers, value: value.map { ByteBuffer(string: $0) },
                timestamp: Timestamp(milliseconds: milliseconds)))
    }
}

/// A file of a test's directory.
struct TestFile {
    let path: String

    init(_ directory: String, _ name: String) { self.path = directory + "/" + name }

    func read() -> [UInt8] {
        guard let file = fopen(self.path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws {
        let file = try #require(fopen(self.path, "w"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    func remove() { unlink(self.path) }

    /// Rows of a table of the database that the file is.
    func count(_ table: String) throws -> Int {
        let database = try DatabaseQueue(path: self.path)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
