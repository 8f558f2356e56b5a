import EventLog

/// An index that the contract is checked against, with its log.
public struct EventIndexContractSubject: Sendable {
    /// The topics that checks make; an index that has to be told its topics is told these.
    public static let topics = ["a", "b", "c", "later", "portarium.attempts"].map { Topic($0) }

    public var log: any EventLog
    public var index: any EventIndex
    /// Indexes everything that is in the log now.
    public var catchUp: @Sendable () async throws -> Void
    /// Applies retention as of a time; nil where the log does that when it likes.
    public var sweep: (@Sendable (Timestamp) async throws -> Void)?

    public init(
        log: any EventLog, index: any EventIndex, catchUp: @escaping @Sendable () async throws -> Void,
        sweep: (@Sendable (Timestamp) async throws -> Void)? = nil
    ) {
        self.log = log
        self.index = index
        self.catchUp = catchUp
        self.sweep = sweep
    }

    /// Makes one of ``topics``.
    public func topic(_ name: String, partitions: Int = 1, retentionAge: Duration? = nil) async throws -> Topic {
        let topic = Topic(name)
        try await self.log.createTopic(
            TopicSpecification(topic: topic, partitions: partitions, retentionAge: retentionAge))
        return topic
    }

    /// Offsets of one topic's records that have a header, as the index gives them.
    public func offsets(
        _ header: String, _ value: String, tenant: String = "t", in topic: Topic, limit: Int = 100
    ) async throws -> [Int64] {
        try await self.find(header, value, tenant: tenant, in: [topic], limit: limit).map(\.offset.value)
    }

    /// Positions in some topics of records that have a header, as the index gives them.
    public func find(
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
}
