/// One way in which a topic is not as it is declared.
public enum TopicDifference: Sendable, Hashable {
    /// There is no such topic.
    case missing(TopicSpecification)
    /// It has fewer partitions than declared.
    case partitionsToAdd(Topic, existing: Int, declared: Int)
    /// Records are kept for another time; nil: for ever.
    case retentionAge(Topic, existing: Duration?, declared: Duration?)
    /// A partition keeps another number of bytes at most; nil: no limit.
    case retentionBytesMax(Topic, existing: Int64?, declared: Int64?)
    /// It has more partitions than declared, or fewer and is compacted.
    case partitionsToKeep(Topic, existing: Int, declared: Int)
    /// It is compacted and should not be, or the reverse.
    case compaction(Topic, declared: Bool)
    /// Another number of brokers keeps each record.
    case replicas(Topic, existing: Int, declared: Int)

    /// The topic it speaks of.
    public var topic: Topic {
        switch self {
        case .missing(let specification): specification.topic
        case .partitionsToAdd(let topic, _, _), .partitionsToKeep(let topic, _, _), .retentionAge(let topic, _, _),
            .retentionBytesMax(let topic, _, _), .compaction(let topic, _), .replicas(let topic, _, _):
            topic
        }
    }

    /// Whether the topic can be made as declared without losing or moving a record that is there.
    public var isApplicable: Bool {
        switch self {
        case .missing, .partitionsToAdd, .retentionAge, .retentionBytesMax: true
        case .partitionsToKeep, .compaction, .replicas: false
        }
    }

    /// What differs, as programs are told: `missing`, `partitions`, `retention-age`, `retention-bytes`, `compaction`,
    /// `replicas`.
    public var aspect: String {
        switch self {
        case .missing: "missing"
        case .partitionsToAdd, .partitionsToKeep: "partitions"
        case .retentionAge: "retention-age"
        case .retentionBytesMax: "retention-bytes"
        case .compaction: "compaction"
        case .replicas: "replicas"
        }
    }
}
