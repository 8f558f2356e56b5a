/// Makes and lists topics.
public protocol EventLogAdministration: Sendable {
    /// Makes a topic, or verifies one that is there. More partitions than there are get added, at their beginning
    /// empty.
    /// - Throws: `conflict` where it exists with more partitions, or compacted where it should not be (or the reverse).
    func createTopic(_ specification: TopicSpecification) async throws(EventLogError)

    /// All topics, by name.
    func topics() async throws(EventLogError) -> [TopicSpecification]
}
