import EventLog
import Logging

extension KafkaEventLog {
    /// How long a new topic may take to be led everywhere.
    private static let leaderWait = Duration.seconds(10)

    /// Makes a topic, or verifies one that is there; see ``EventLogAdministration/createTopic(_:)``. Returns when every
    /// partition has a leader. Retention and replication of a topic that is there are not touched.
    /// - Throws: ``EventLogError`` `invalidTopic`; `conflict`; `unavailable`, also where the principal may not do it.
    public func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        let topic = try Topic(validating: specification.topic.name)
        guard (1...1_024).contains(specification.partitions) else {
            throw EventLogError(
                .invalidTopic, "topic '\(topic)' has 1 to 1024 partitions, not \(specification.partitions)")
        }
        let admin = self.admin
        var found = try await self.describe([topic]).first
        if found == nil {
            let isNew = try await self.calls.run { admin.create(specification) }
            if !isNew { found = try await self.describe([topic]).first }
        }
        if let found {
            if let conflict = Self.conflict(specification, found) { throw conflict }
            if found.partitions < specification.partitions {
                _ = try await self.calls.run { admin.addPartitions(topic, upTo: specification.partitions) }
            }
        }
        try await self.awaitLeaders(of: topic, partitions: specification.partitions)
        self.table.put(
            topic, partitions: max(specification.partitions, found?.partitions ?? 0),
            isCompacted: specification.isCompacted)
        // How large its records may be is the brokers' to say; where they do not, they refuse what is larger.
        if found == nil { _ = try? await self.describe([topic]) }
    }

    private static func conflict(_ wanted: TopicSpecification, _ found: TopicSpecification) -> EventLogError? {
        if found.partitions > wanted.partitions {
            return EventLogError(
                .conflict,
                "topic '\(wanted.topic)' has \(found.partitions) partitions, which cannot become \(wanted.partitions)")
        }
        if found.isCompacted != wanted.isCompacted {
            return EventLogError(
                .conflict,
                "topic '\(wanted.topic)' is \(found.isCompacted ? "" : "not ")compacted, and should "
                    + "\(wanted.isCompacted ? "" : "not ")be: change its cleanup.policy, or name another topic")
        }
        return nil
    }

    private func awaitLeaders(of topic: Topic, partitions: Int) async throws(EventLogError) {
        let admin = self.admin
        let deadline = ContinuousClock.now + Self.leaderWait
        while true {
            let found = try await self.calls.run { admin.metadata(topic) }.first
            if let found, found.isLed, found.partitions >= partitions { return }
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw EventLogError(
                    .unavailable, "topic '\(topic)' is made, but some of its partitions have no leader yet")
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What the cluster calls itself: what is kept of one log beside it does not fit another.
    /// - Throws: ``EventLogError`` `unavailable`, `closed`.
    public func clusterID() async throws(EventLogError) -> String {
        let admin = self.admin
        return try await self.calls.run { admin.clusterID() }
    }

    /// Topics that begin with ``KafkaEventLogConfiguration/prefix``, by name.
    /// - Throws: ``EventLogError`` `unavailable`, `closed`.
    public func topics() async throws(EventLogError) -> [TopicSpecification] {
        let admin = self.admin
        let all = try await self.calls.run { admin.metadata(nil) }
        return try await self.specify(all.filter { $0.topic.name.hasPrefix(self.configuration.prefix) })
    }

    /// Those of the named topics that exist, by name, as the brokers keep them.
    /// - Throws: ``EventLogError`` `unavailable`, also where the principal may not see one; `closed`.
    public func describe(_ topics: [Topic]) async throws(EventLogError) -> [TopicSpecification] {
        let admin = self.admin
        var found: [KafkaAdmin.TopicMetadata] = []
        for topic in topics { found += try await self.calls.run { admin.metadata(topic) } }
        return try await self.specify(found)
    }

    /// Adds how they are kept. Where the principal may not see that, a topic counts as what it was made or verified as.
    private func specify(_ topics: [KafkaAdmin.TopicMetadata]) async throws(EventLogError) -> [TopicSpecification] {
        let admin = self.admin
        let names = topics.map(\.topic)
        var settings: [Topic: KafkaAdmin.TopicSettings] = [:]
        do throws(EventLogError) { settings = try await self.calls.run { admin.settings(names) } } catch {
            if error.code == .closed { throw error }
            self.logger.debug("the settings of topics cannot be seen", metadata: ["error": "\(error)"])
        }
        return topics.map { found in
            let known = settings[found.topic]
            let isCompacted = known?.isCompacted ?? self.table.entry(found.topic)?.isCompacted ?? false
            self.table.put(
                found.topic, partitions: found.partitions, isCompacted: isCompacted,
                recordBytesMax: known?.recordBytesMax)
            return TopicSpecification(
                topic: found.topic, partitions: found.partitions, replicas: found.replicas, isCompacted: isCompacted,
                retentionAge: known?.retentionAge, retentionBytesMax: known?.retentionBytesMax)
        }.sorted { $0.topic < $1.topic }
    }

    /// Changes how long an existing topic is kept; its other settings stay, and a compacted one stays compacted.
    /// - Throws: ``EventLogError`` `unavailable`, also where the principal may not do it; `closed`.
    public func setRetention(
        of topic: Topic, age: Duration?, bytesMax: Int64?
    ) async throws(EventLogError) {
        let admin = self.admin
        try await self.calls.run {
            admin.ownSettings(topic).flatMap { own in
                var values = own
                values["retention.ms"] = age.map { "\($0.wholeMilliseconds)" } ?? "-1"
                values["retention.bytes"] = bytesMax.map { "\($0)" } ?? "-1"
                if own["cleanup.policy"]?.contains("compact") ?? false {
                    values["cleanup.policy"] = age == nil && bytesMax == nil ? "compact" : "compact,delete"
                }
                return admin.alter(topic, values)
            }
        }
    }

    /// What is known of a topic; asks the brokers where nothing is.
    /// - Throws: ``EventLogError`` `unknownTopic`.
    func entry(of topic: Topic) async throws(EventLogError) -> KafkaTopicTable.Entry {
        if let known = self.table.entry(topic) { return known }
        return try await self.refresh(topic)
    }

    /// Asks the brokers.
    func refresh(_ topic: Topic) async throws(EventLogError) -> KafkaTopicTable.Entry {
        guard try await !self.describe([topic]).isEmpty, let entry = self.table.entry(topic) else {
            self.table.remove(topic)
            throw EventLogError(.unknownTopic, "there is no topic '\(topic)': make it first")
        }
        return entry
    }
}
