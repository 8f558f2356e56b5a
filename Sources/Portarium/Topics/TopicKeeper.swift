import EventLog
import KafkaEventLog

/// A log whose topics are kept by somebody else: they can be looked at, and changed where the principal may.
protocol TopicKeeper: Sendable {
    /// Compares topics as declared with those that are there.
    func plan(_ declared: [TopicSpecification]) async throws(EventLogError) -> TopicPlan

    /// Makes a topic, or adds the partitions that one lacks.
    func createTopic(_ specification: TopicSpecification) async throws(EventLogError)

    /// Changes how long the records of a topic are kept.
    func setRetention(of topic: Topic, age: Duration?, bytesMax: Int64?) async throws(EventLogError)
}

extension KafkaEventLog: TopicKeeper {}

extension TopicDifference {
    /// What the principal must be allowed so that the difference can be applied, in Kafka's words.
    var right: String {
        switch self {
        case .missing: "Create on the topic or on the cluster"
        case .partitionsToAdd, .partitionsToKeep: "Alter on the topic"
        case .retentionAge, .retentionBytesMax, .compaction: "DescribeConfigs and AlterConfigs on the topic"
        case .replicas: "Alter on the cluster"
        }
    }

    /// What is said where applying it failed.
    func failure(_ error: EventLogError) -> String {
        error.isForbidden ? "\(error.message) (it needs \(self.right))" : error.message
    }
}
