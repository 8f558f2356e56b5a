import EventLog
import JSONSchema

/// The bounds and names that event types work with.
public struct EventTypeServiceConfiguration: Sendable {
    /// One partition, compacted.
    public var topic = Topic("portarium.event-types")
    /// Bytes of one schema, `256...262144`.
    public var schemaBytesMax = 65_536
    /// Types of one tenant, `1...100000`.
    public var typesPerTenantMax = 1_000
    /// Versions of one type that are kept, `1...1000`: beyond them the oldest go.
    public var versionsMax = 20
    /// Steps that the comparison of two schemas may take in each direction, `1000...`.
    public var comparisonStepsMax = SchemaCompatibility.stepsMax
    /// Steps that validation of one event may take, `1000...`.
    public var validationStepsMax = 100_000

    public init() {}

    /// How the topic is kept.
    public var topics: [TopicSpecification] {
        [TopicSpecification(topic: self.topic, partitions: 1, isCompacted: true)]
    }
}
