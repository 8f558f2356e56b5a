extension TopicDifference {
    /// One sentence without the topic's name: what would be done, or why nothing can be done and what to do instead.
    public var sentence: String {
        switch self {
        case .missing(let specification): Self.creation(of: specification)
        case .partitionsToAdd(_, let existing, let declared):
            "add \(declared - existing) to its \(Self.count(existing, "partition")): a key's events may come to lie in "
                + "another partition than before, so the order of a key can break across the change"
        case .retentionAge(_, let existing, let declared):
            "keep records \(Self.age(declared)) instead of \(Self.age(existing))"
        case .retentionBytesMax(_, let existing, let declared):
            "keep \(Self.bytes(declared)) of a partition instead of \(Self.bytes(existing))"
        case .partitionsToKeep(_, let existing, let declared) where existing > declared:
            "it has \(Self.count(existing, "partition")), \(declared) declared: partitions cannot be taken away, "
                + "declare \(existing)"
        case .partitionsToKeep(_, let existing, let declared):
            "it has \(Self.count(existing, "partition")), \(declared) declared: it is compacted, and the newest record "
                + "of a key must stay in the key's partition, declare \(existing)"
        case .compaction(_, let declared):
            declared
                ? "it is not compacted, as it should be: what the router keeps there goes when its retention ends, set "
                    + "cleanup.policy=compact"
                : "it is compacted, as it should not be: of a key only the last event stays, set cleanup.policy=delete"
        case .replicas(_, let existing, let declared):
            "it is kept by \(Self.count(existing, "broker")), \(declared) declared: move its replicas with the "
                + "cluster's own tools"
        }
    }

    private static func creation(of specification: TopicSpecification) -> String {
        var parts = [self.count(specification.partitions, "partition")]
        if let replicas = specification.replicas { parts.append(self.count(replicas, "replica")) }
        if specification.isCompacted { parts.append("compacted") }
        if !specification.isCompacted || specification.retentionAge != nil {
            parts.append("kept \(self.age(specification.retentionAge))")
        }
        if let bytes = specification.retentionBytesMax { parts.append("\(self.bytes(bytes)) of a partition") }
        return "make it: \(parts.joined(separator: ", "))"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// In the largest unit of which it is a whole number.
    private static func age(_ age: Duration?) -> String {
        guard let age else { return "for ever" }
        let (seconds, attoseconds) = age.components
        let (whole, isOverflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let milliseconds = isOverflow ? Int64.max : whole + attoseconds / 1_000_000_000_000_000
        let units: [(size: Int64, name: String)] = [
            (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"), (1, "millisecond"),
        ]
        let unit = units.first { milliseconds >= $0.size && milliseconds % $0.size == 0 } ?? (1, "millisecond")
        return "for \(self.count(Int(milliseconds / unit.size), unit.name))"
    }

    private static func bytes(_ bytes: Int64?) -> String {
        guard let bytes else { return "any number of bytes" }
        return "\(bytes) bytes at most"
    }
}
