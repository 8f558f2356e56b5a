/// A log to whose event topics others write too: what they wrote is read as the router writes it itself, see
/// ``LogRecord/adopted(by:)``. Everything else is the log's own.
public struct AdoptingEventLog: EventLog {
    private let log: any EventLog
    private let topics: Set<Topic>
    private let tenant: String

    /// - Parameters:
    ///   - topics: those that others may write events to.
    ///   - tenant: whose an event is that does not say so.
    public init(_ log: any EventLog, topics: [Topic], tenant: String) {
        self.log = log
        self.topics = Set(topics)
        self.tenant = tenant
    }

    /// See ``EventLogReader/fetch(_:from:maxRecords:maxBytes:waitMax:)``. An event that was adopted may have some bytes
    /// more than were counted.
    public func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch {
        var batch = try await self.log.fetch(
            topicPartition, from: offset, maxRecords: maxRecords, maxBytes: maxBytes, waitMax: waitMax)
        guard self.topics.contains(topicPartition.topic) else { return batch }
        for index in batch.records.indices {
            if let adopted = batch.records[index].record.adopted(by: self.tenant) {
                batch.records[index].record = adopted
            }
        }
        return batch
    }

    /// See ``EventLogReader/bounds(of:)``.
    public func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds {
        try await self.log.bounds(of: topicPartition)
    }

    /// See ``EventLogReader/offset(of:at:)``.
    public func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
    {
        try await self.log.offset(of: topicPartition, at: timestamp)
    }

    /// See ``EventLogWriter/append(_:)``.
    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        try await self.log.append(records)
    }

    /// See ``EventLogWriter/appendEach(_:_:)``.
    public func appendEach(_ lots: [[ProducerRecord]], _ ended: @escaping @Sendable ([LotOutcome]) -> Void) async {
        await self.log.appendEach(lots, ended)
    }

    /// See ``EventLogWriter/appendsAtomically``.
    public var appendsAtomically: Bool { self.log.appendsAtomically }

    /// See ``EventLogGroups/commit(_:)``.
    public func commit(_ commits: [GroupCommit]) async throws(EventLogError) { try await self.log.commit(commits) }

    /// See ``EventLogGroups/committed(groupsWithPrefix:)``.
    public func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        try await self.log.committed(groupsWithPrefix: prefix)
    }

    /// See ``EventLogGroups/deleteGroup(_:)``.
    public func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) {
        try await self.log.deleteGroup(group)
    }

    /// See ``EventLogAdministration/createTopic(_:)``.
    public func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        try await self.log.createTopic(specification)
    }

    /// See ``EventLogAdministration/topics()``.
    public func topics() async throws(EventLogError) -> [TopicSpecification] { try await self.log.topics() }

    /// See ``EventLogMembership/isShared``.
    public var isShared: Bool { self.log.isShared }

    /// See ``EventLogMembership/takePart(in:_:)``.
    public func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {
        try await self.log.takePart(in: topics, listener)
    }

    /// See ``EventLogMembership/leave()``.
    public func leave() async { await self.log.leave() }
}

extension AdoptingEventLog: EventLogRouting {
    /// See ``EventLogRouting/obstacleToRouting()``.
    public func obstacleToRouting() async throws(EventLogError) -> String? {
        guard let router = self.log as? any EventLogRouting else { return "the log carries nothing by itself" }
        return try await router.obstacleToRouting()
    }

    /// See ``EventLogRouting/route(_:_:)``. What others wrote is selected as it is read here, and carried as it lies.
    public func route(_ route: LogRoute, _ listener: any LogRouteListener) async throws(EventLogError) {
        guard let router = self.log as? any EventLogRouting else {
            throw EventLogError(.unavailable, "the log carries nothing by itself")
        }
        var route = route
        route.defaultTenant = self.tenant
        try await router.route(route, listener)
    }
}
