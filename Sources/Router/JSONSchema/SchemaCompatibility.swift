/// How a schema may differ from the one before it, in the words of schema registries.
public enum SchemaCompatibility: String, Sendable, Hashable, CaseIterable, Codable {
    /// As it likes.
    case none
    /// The new schema takes whatever the old one takes: who reads with it can read what is there already.
    case backward
    /// The old schema takes whatever the new one takes: who still reads with it can read what comes.
    case forward
    /// Both: they take the same.
    case full

    /// Steps of one comparison in one direction.
    public static let stepsMax = 200_000

    /// Why the schemas are not compatible, or cannot be shown to be; empty where they are. Sound: whatever is called
    /// compatible is, for every value that validation can judge within its limits. Not complete: what cannot be
    /// decided by comparing keywords is a conflict.
    /// - Parameter stepsMax: where the comparison takes more, the schemas are in conflict; `1...`.
    public func conflicts(
        old: JSONSchema, new: JSONSchema, stepsMax: Int = Self.stepsMax
    ) -> [SchemaConflict] {
        var conflicts: [SchemaConflict] = []
        if self == .backward || self == .full {
            var inclusion = SchemaInclusion(narrow: old, wide: new, stepsMax: stepsMax)
            conflicts += inclusion.run().map { finding in
                SchemaConflict(
                    direction: .backward, pointer: finding.widePlace,
                    detail: "the new schema may refuse what the old one takes: \(finding.detail)")
            }
        }
        if self == .forward || self == .full {
            var inclusion = SchemaInclusion(narrow: new, wide: old, stepsMax: stepsMax)
            conflicts += inclusion.run().map { finding in
                SchemaConflict(
                    direction: .forward, pointer: finding.narrowPlace,
                    detail: "the old schema, at '\(finding.widePlace)', may refuse what the new one takes: "
                        + finding.detail)
            }
        }
        return conflicts
    }
}
