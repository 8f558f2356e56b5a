import EventLog
import GRDB
import RouterTestKit

@testable import EventIndexProjection

/// A log in memory and its index, open in a directory that outlives both.
final class ProjectedLog: Sendable {
    let log: InMemoryEventLog
    let index: LogEventIndex
    let lines = LogLines()

    init(
        _ directory: String, _ log: InMemoryEventLog, configure: (inout LogEventIndexConfiguration) -> Void = { _ in },
        makeHasher: (@Sendable (RecordHasher.Key) -> RecordHasher)? = nil
    ) throws {
        var configuration = LogEventIndexConfiguration(
            directory: directory, logID: "cluster", topics: EventIndexContractSubject.topics)
        configuration.topicsInterval = .milliseconds(1)
        configure(&configuration)
        self.log = log
        let headers = configuration.indexedHeaders
        self.index = try LogEventIndex(
            log: log, configuration: configuration, logger: self.lines.logger,
            makeHasher: makeHasher ?? { RecordHasher(headers: headers, key: $0) })
    }

    var subject: EventIndexContractSubject {
        EventIndexContractSubject(
            log: self.log, index: self.index, catchUp: { [index] in try await index.catchUp() },
            sweep: { [log] in log.sweep(now: $0) })
    }

    func append(_ topic: Topic, _ ids: Range<Int>, partition: Int32 = 0, correlation: String? = nil) async throws {
        _ = try await self.log.append(
            ids.map { .event(topic, partition: partition, id: "\($0)", correlation: correlation) })
    }
}

/// Opens the index of a log in a directory, and closes it.
func withProjection(
    in directory: String, of log: InMemoryEventLog, configure: (inout LogEventIndexConfiguration) -> Void = { _ in },
    makeHasher: (@Sendable (RecordHasher.Key) -> RecordHasher)? = nil, _ body: (ProjectedLog) async throws -> Void
) async throws {
    let projected = try ProjectedLog(directory, log, configure: configure, makeHasher: makeHasher)
    do { try await body(projected) } catch {
        await projected.index.close()
        throw error
    }
    await projected.index.close()
}

/// Opens the index of a log in a fresh directory, and closes it.
func withProjection(
    of log: InMemoryEventLog = InMemoryEventLog(), configure: (inout LogEventIndexConfiguration) -> Void = { _ in },
    makeHasher: (@Sendable (RecordHasher.Key) -> RecordHasher)? = nil, _ body: (ProjectedLog) async throws -> Void
) async throws {
    try await withDirectory {
        try await withProjection(in: $0, of: log, configure: configure, makeHasher: makeHasher, body)
    }
}

extension TestFile {
    /// The number that a query gives.
    func number(_ sql: String) throws -> Int {
        let database = try DatabaseQueue(path: self.path)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }
}
