/// What has to be done so that topics are as they are declared, and what cannot be done.
public struct TopicPlan: Sendable, Hashable {
    /// In the order in which the topics are declared.
    public let differences: [TopicDifference]

    /// Topics that are there, and of which it could not be seen how they are kept: only their partitions and replicas
    /// were compared.
    public let unseen: [Topic]

    /// Compares what is declared with what is there.
    ///
    /// Topics that are there and not declared are none of its business. Replicas that one side does not name are not
    /// compared. An existing topic has no retention where nothing goes by age or size: one that is only compacted.
    /// - Parameter unseen: existing topics of which only partitions and replicas are known.
    public init(declared: [TopicSpecification], existing: [TopicSpecification], unseen: Set<Topic> = []) {
        let existing = Dictionary(existing.map { ($0.topic, $0) }, uniquingKeysWith: { first, _ in first })
        self.differences = declared.flatMap { declared -> [TopicDifference] in
            guard let found = existing[declared.topic] else { return [.missing(declared)] }
            return Self.partitions(declared, found)
                + (unseen.contains(declared.topic) ? [] : Self.settings(declared, found))
                + Self.replicas(declared, found)
        }
        self.unseen = declared.map(\.topic).filter { unseen.contains($0) && existing[$0] != nil }
    }

    /// The topics that are declared and not there.
    public var missing: [TopicSpecification] {
        self.differences.compactMap { difference in
            guard case .missing(let specification) = difference else { return nil }
            return specification
        }
    }

    private static func partitions(
        _ declared: TopicSpecification, _ found: TopicSpecification
    ) -> [TopicDifference] {
        let existing = found.partitions
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
        return differences
    }

    private static func replicas(
        _ declared: TopicSpecification, _ found: TopicSpecification
    ) -> [TopicDifference] {
        guard let wanted = declared.replicas, let existing = found.replicas, wanted != existing else { return [] }
        return [.replicas(declared.topic, existing: existing, declared: wanted)]
    }
}
