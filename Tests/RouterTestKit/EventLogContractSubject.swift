import EventLog
import NIOCore

/// A log that the contract is checked against, with what a test needs around it.
public struct EventLogContractSubject: Sendable {
    public var log: any EventLog
    /// Set before the names of topics and groups, so that tests can share a broker.
    public var prefix: String
    /// What the log takes as one record at most.
    public var recordBytesMax: Int
    /// Ends the log and opens it again with what it kept; nil where that cannot be done.
    public var reopen: (@Sendable () async throws -> any EventLog)?
    /// Makes a topic where the log itself cannot; nil: ``EventLogAdministration/createTopic(_:)``.
    public var makeTopic: (@Sendable (TopicSpecification) async throws -> Void)?
    /// Applies retention and compaction as of a time; nil where the log does that when it likes.
    public var sweep: (@Sendable (Timestamp) async throws -> Void)?

    public init(
        log: any EventLog, prefix: String, recordBytesMax: Int,
        reopen: (@Sendable () async throws -> any EventLog)? = nil,
        makeTopic: (@Sendable (TopicSpecification) async throws -> Void)? = nil,
        sweep: (@Sendable (Timestamp) async throws -> Void)? = nil
    ) {
        self.log = log
        self.prefix = prefix
        self.recordBytesMax = recordBytesMax
        self.reopen = reopen
        self.makeTopic = makeTopic
        self.sweep = sweep
    }

    /// Makes a topic whose name is unique to this test.
    func topic(
        _ name: String, partitions: Int = 1, isCompacted: Bool = false, retentionAge: Duration? = nil,
        retentionBytesMax: Int64? = nil
    ) async throws -> Topic {
        let topic = Topic("\(self.prefix).\(name)")
        let specification = TopicSpecification(
            topic: topic, partitions: partitions, isCompacted: isCompacted, retentionAge: retentionAge,
            retentionBytesMax: retentionBytesMax)
        try await self.makeTopic?(specification)
        try await self.log.createTopic(specification)
        return topic
    }

    /// All records from an offset on, read in small fetches.
    func readAll(
        _ topicPartition: TopicPartition, from offset: Offset = .zero, in log: (any EventLog)? = nil
    ) async throws -> [RecordBatch.Element] {
        let log = log ?? self.log
        let end = try await log.bounds(of: topicPartition).end
        var next = offset
        var records: [RecordBatch.Element] = []
        while next < end {
            let batch = try await log.fetch(
                topicPartition, from: next, maxRecords: 100, maxBytes: 1 << 20, waitMax: .seconds(10))
            try require(batch.next > next, "a fetch before the end gets on: \(next) of \(end)")
            records += batch.records
            next = batch.next
        }
        return records
    }
}

/// What a log did against the contract.
public struct EventLogContractViolation: Error, CustomStringConvertible {
    public var description: String
}

/// - Throws: ``EventLogContractViolation`` where the condition does not hold.
func require(
    _ condition: Bool, _ claim: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws {
    if !condition { throw EventLogContractViolation(description: "does not hold: \(claim()) (\(file):\(line))") }
}

/// - Throws: ``EventLogContractViolation`` where the body does not throw the code; returns the error where it does.
@discardableResult
func requireError(
    _ code: EventLogError.Code, file: StaticString = #fileID, line: UInt = #line, _ body: () async throws -> Void
) async throws -> EventLogError {
    do {
        try await body()
    } catch let error as EventLogError where error.code == code {
        return error
    } catch {
        throw EventLogContractViolation(description: "threw \(error), not \(code.name) (\(file):\(line))")
    }
    throw EventLogContractViolation(description: "did not throw \(code.name) (\(file):\(line))")
}

extension ProducerRecord {
    /// A record with texts, for tests.
    static func sample(
        _ topic: Topic, partition: Int32? = 0, key: String? = nil, value: String? = "data",
        at milliseconds: Int64 = 1_000,
        headers: [(String, String)] = []
    ) -> ProducerRecord {
        var packed = RecordHeaders()
        for (name, value) in headers { packed.append(name: name, value: value) }
        return ProducerRecord(
            topic: topic, partition: partition.map { Partition($0) },
            record: LogRecord(
                key: key.map { ByteBuffer(string: $0) }, headers: packed, value: value.map { ByteBuffer(string: $0) },
                timestamp: Timestamp(milliseconds: milliseconds)))
    }
}

extension LogRecord {
    var text: String? { self.value.map { String(buffer: $0) } }
    var keyText: String? { self.key.map { String(buffer: $0) } }
}
