import EventLog

extension EmbeddedEventLog {
    /// Partitions of one topic at most.
    static let partitionsMax = 1_024

    /// Makes or verifies a topic; see ``EventLogAdministration/createTopic(_:)``. Retention that differs is taken over.
    /// - Throws: ``EventLogError`` `invalidTopic` for a name that breaks Kafka's rule, partitions outside `1...1024` or
    ///   a negative retention; `conflict`; `unavailable`; `closed`.
    public func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        _ = try Topic(validating: specification.topic.name)
        guard (1...Self.partitionsMax).contains(specification.partitions) else {
            throw EventLogError(
                .invalidTopic,
                "topic '\(specification.topic)' cannot have \(specification.partitions) partitions: choose 1 to 1024")
        }
        guard (specification.retentionAge ?? .zero) >= .zero, (specification.retentionBytesMax ?? 0) >= 0 else {
            throw EventLogError(.invalidTopic, "the retention of topic '\(specification.topic)' is negative")
        }
        let table = self.table
        let isThere = try table.withLock { (table) throws(EventLogError) in
            guard !table.isClosed else { throw EventLogError.logClosed }
            return try TopicChange(specification, in: table).isNothing
        }
        if isThere { return }
        _ = try await self.writer.perform(
            .exclusive,
            onCommit: { (connection, change: TopicChange) in
                for _ in change.newPartitions { connection.addPartition(end: 0) }
                table.withLock { $0.put(change.specification, newPartitions: change.newPartitions) }
            }
        ) { connection -> TopicChange in
            // Decided again here, where nobody else changes topics.
            let change = try table.withLock { (table) throws(EventLogError) in
                try TopicChange(specification, in: table)
            }
            try change.write(connection)
            return change
        }
    }

    /// All topics, by name; see ``EventLogAdministration/topics()``.
    public func topics() async throws(EventLogError) -> [TopicSpecification] {
        try self.table.withLock { (table) throws(EventLogError) in
            guard !table.isClosed else { throw EventLogError.logClosed }
            return table.topics.values.map(\.specification).sorted { $0.topic < $1.topic }
        }
    }
}
