import EmbeddedEventLog
import EventLog
import GRDB
import Logging
import RouterTestKit

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
            configuration: configuration, logger: lines.logger)
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

extension TestFile {
    /// Rows of a table of the database that the file is.
    func count(_ table: String) throws -> Int {
        let database = try DatabaseQueue(path: self.path)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
