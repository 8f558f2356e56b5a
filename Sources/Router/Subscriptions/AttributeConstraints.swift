/// What the value of an attribute must be or begin with, in bytes.
enum AttributeValuePattern: Sendable, Hashable {
    case exact([UInt8])
    case prefix([UInt8])
}

/// What the attributes of an event must look like where a filter holds: necessary, not sufficient. The index narrows by
/// it.
struct AttributeConstraints: Sendable {
    /// Attribute → one of these. Never an empty list.
    private(set) var alternatives: [String: [AttributeValuePattern]] = [:]

    /// More alternatives for one attribute are not worth their place in the index: the constraint is dropped.
    static let alternativesMax = 128

    init() {}

    /// Both hold: for an attribute that both name, the narrower one is kept.
    mutating func formConjunction(_ other: AttributeConstraints) {
        if self.alternatives.isEmpty {
            self = other
        } else {
            for (attribute, alternatives) in other.alternatives { self.require(attribute, alternatives) }
        }
    }

    /// One of both holds: only what both say something about is known.
    mutating func formDisjunction(_ other: AttributeConstraints) {
        self.alternatives = self.alternatives.reduce(into: [:]) { result, entry in
            guard let others = other.alternatives[entry.key] else { return }
            let both = entry.value + others.filter { !entry.value.contains($0) }
            if both.count <= Self.alternativesMax { result[entry.key] = both }
        }
    }

    mutating func require(_ attribute: String, _ alternatives: [AttributeValuePattern]) {
        guard !alternatives.isEmpty, alternatives.count <= Self.alternativesMax else { return }
        if let present = self.alternatives[attribute], Self.breadth(present) <= Self.breadth(alternatives) { return }
        self.alternatives[attribute] = alternatives
    }

    /// Smaller is narrower: few exact values first, then few prefixes, long ones first.
    private static func breadth(_ alternatives: [AttributeValuePattern]) -> Int {
        let shortestPrefix = alternatives.compactMap { if case .prefix(let bytes) = $0 { bytes.count } else { nil } }
            .min()
        guard let shortestPrefix else { return alternatives.count }
        return 1_000_000 + alternatives.count * 1_000 - min(shortestPrefix, 999)
    }
}
