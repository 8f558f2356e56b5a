/// What has to be done so that topics are as they are declared, and what cannot be done.
public struct TopicPlan: Sendable, Hashable {
    /// In the order in which the topics are declared.
    public let differences: [TopicDifference]

    /// Compares what is declared with what is there.
    ///
    /// Topics that are there and not declared are none of its business. Replicas that one side does not name are not
    /// compared. An existing topic has no retention where nothing goes by age or size: one that is only compacted.
    public init(declared: [TopicSpecification], existing: [TopicSpecification]) {
        let existing = Dictionary(existing.map { ($0.topic, $0) }, uniquingKeysWith: { first, _ in first })
        self.differences = declared.flatMap { declared -> [TopicDifference] in
            guard let existing = existing[declared.topic] else { return [.missing(declared)] }
            return Self.partitions(declared, existing: existing.partitions) + Self.settings(declared, existing)
        }
    }

    /// Compares partitions only, where it is not known how the topics are kept.
    public init(declared: [TopicSpecification], existing: [Topic: Int]) {
        self.differences = declared.flatMap { declared -> [TopicDifference] in
            guard let partitions = existing[declared.topic] else { return [.missing(declared)] }
            return Self.partitions(declared, existing: partitions)
        }
    }

    /// The topics that are declared and not there.
    public var missing: [TopicSpecification] {
        self.differences.compactMap { difference in
            guard case .missing(let specification) = difference else { return nil }
            return specification
        }
    }

    private static func partitions(_ declared: TopicSpecification, existing: Int) -> [TopicDifference] {
        guard existing != declared.partitions else { return [] }
        guard existing < declared.partitions, !declared.isCompacted else {
            return [.partitionsToKeep(declared.topic, existing: existing, declared: declared.partitions)]
        }
        return [.partitionsToAdd(declared.topic, existing: existing, declared: declared.partitions)]
    }

    private static func settings(
        _ declared: TopicSpecification, _ existing: TopicSpecification
    ) -> [TopicDifference] {
        var differences: [TopicDifference] = []
        let topic = declared.topic
        if declared.isCompacted != existing.isCompacted {
            differences.append(.compaction(topic, declared: declared.isCompacted))
        }
        if declared.retentionAge != existing.retentionAge {
            differences.append(
                .retentionAge(topic, existing: existing.retentionAge, declared: declared.retentionAge))
        }
        if declared.retentionBytesMax != existing.retentionBytesMax {
            differences.append(
                .retentionBytesMax(
                    topic, existing: existing.retentionBytesMax, declared: declared.retentionBytesMax))
        }
        if let wanted = declared.replicas, let found = existing.replicas, wanted != found {
            differences.append(.replicas(topic, existing: found, declared: wanted))
        }
        return differences
    }
}
