import EventLog
import Logging

extension KafkaEventLog {
    /// Compares topics as declared with what the brokers have. Nothing is changed.
    ///
    /// Where it cannot be seen how a topic is kept (the principal may not describe its settings, or the brokers do not
    /// tell any), it counts as kept as declared.
    /// - Throws: ``EventLogError`` `unavailable`, also where the principal may not see a topic at all; `closed`.
    public func plan(_ declared: [TopicSpecification]) async throws(EventLogError) -> TopicPlan {
        let admin = self.admin
        var found: [KafkaAdmin.TopicMetadata] = []
        for specification in declared {
            found += try await self.calls.run { admin.metadata(specification.topic) }
        }
        let names = found.map(\.topic)
        var settings: [Topic: KafkaAdmin.TopicSettings] = [:]
        do throws(EventLogError) { settings = try await self.calls.run { admin.settings(names) } } catch {
            if error.code == .closed { throw error }
            self.logger.debug("the settings of topics cannot be seen", metadata: ["error": "\(error)"])
        }
        let compacted = Set(declared.filter(\.isCompacted).map(\.topic))
        let existing = found.map { found in
            let known = settings[found.topic]
            let isCompacted = known?.isCompacted ?? compacted.contains(found.topic)
            self.table.put(
                found.topic, partitions: found.partitions, isCompacted: isCompacted,
                recordBytesMax: known?.recordBytesMax)
            return TopicSpecification(
                topic: found.topic, partitions: found.partitions, replicas: found.replicas, isCompacted: isCompacted,
                retentionAge: known?.retentionAge, retentionBytesMax: known?.retentionBytesMax)
        }
        return TopicPlan(
            declared: declared, existing: existing, unseen: Set(names.filter { settings[$0] == nil }))
    }
}
