import CloudEvents

/// Shows that whatever one schema takes, another takes too, or says where that cannot be shown.
///
/// A proof by keywords: what is known of a value (``SchemaPremise``, schemas of the narrower document) must imply each
/// keyword of a schema of the wider one. Parts of values are proved in turn; a proof that meets itself again at a
/// smaller value is done, by induction over values, which are finite. Values that can be counted are simply tried.
struct SchemaInclusion {
    /// The comparison takes more than it may.
    struct OverLimit: Error {}

    /// Something that does not follow.
    struct Finding: Hashable {
        /// Where the wider schema asks for it, as a JSON Pointer.
        var widePlace: String
        /// What the narrower one says of the same value, as a JSON Pointer.
        var narrowPlace: String
        var detail: String
    }

    private struct Goal: Hashable {
        var premise: SchemaPremise
        var schema: Int
    }

    private static let findingsMax = 20
    private static let depthMax = 128

    let narrow: JSONSchema
    let wide: JSONSchema
    private let stepsMax: Int
    private var steps = 0
    private var twins: SchemaTwins
    private var findings: [Finding] = []
    /// How many attempts are under way whose findings nobody hears of.
    private var silent = 0
    /// What is being shown, with how deep in the value that began.
    private var begun: [Goal: Int] = [:]
    private var shown: Set<Goal> = []
    /// How deep in the value.
    private var level = 0
    /// How often a proof has met itself again.
    private var inductions = 0
    /// Where in the narrower schema the parts of the value are described that are being looked at.
    private var places = [""]

    init(narrow: JSONSchema, wide: JSONSchema, stepsMax: Int) {
        self.narrow = narrow
        self.wide = wide
        self.stepsMax = stepsMax
        self.twins = SchemaTwins(narrow, wide)
    }

    /// Everything that does not follow; empty where all does.
    mutating func run() -> [Finding] {
        guard !self.narrow.hasDynamicScope, !self.wide.hasDynamicScope else {
            return Self.open("a $dynamicRef is not compared")
        }
        do throws(OverLimit) {
            _ = try self.shows(SchemaPremise([self.narrow.root]), self.wide.root)
        } catch {
            return Self.open("the comparison takes more than \(self.stepsMax) steps, or lies too deep")
        }
        return self.findings
    }

    /// What is said where nothing can be decided.
    private static func open(_ reason: String) -> [Finding] {
        [Finding(widePlace: "", narrowPlace: "", detail: "it cannot be shown that it takes them: \(reason)")]
    }

    mutating func count(_ steps: Int) throws(OverLimit) {
        self.steps += steps
        if self.steps > self.stepsMax { throw OverLimit() }
    }

    /// Whether there is any use in looking for more findings.
    var isEnough: Bool { self.silent > 0 || self.findings.count >= Self.findingsMax }

    /// Notes what does not follow, and is false.
    mutating func fails(_ node: SchemaNode, _ keyword: String, _ detail: String) -> Bool {
        guard !self.isEnough else { return false }
        let finding = Finding(
            widePlace: keyword.isEmpty ? node.location : node.location + JSONPointer.text(of: [keyword]),
            narrowPlace: self.places.last ?? "", detail: "\(keyword.isEmpty ? "the schema" : keyword): \(detail)")
        if !self.findings.contains(where: { $0.widePlace == finding.widePlace && $0.narrowPlace == finding.narrowPlace }
        ) {
            self.findings.append(finding)
        }
        return false
    }

    // MARK: Goals

    /// Shows that what fits a premise fits a schema of the wider document.
    mutating func shows(_ premise: SchemaPremise, _ schema: Int) throws(OverLimit) -> Bool {
        try self.count(1 + premise.schemas.count)
        let node = self.wide.nodes[schema]
        if node.always == true { return true }
        let goal = Goal(premise: premise, schema: schema)
        if self.shown.contains(goal) { return true }
        if let level = self.begun[goal] {
            guard level < self.level else {
                return self.fails(node, "", "refers to itself without looking at a part of the value")
            }
            self.inductions += 1
            return true
        }
        guard self.begun.count < Self.depthMax else { throw OverLimit() }
        self.begun[goal] = self.level
        defer { self.begun[goal] = nil }
        let inductions = self.inductions
        let facts = SchemaFacts(premise, in: self.narrow)
        try self.count(facts.nodes.count)
        guard try self.shows(facts, premise, schema, node) else { return false }
        // What rests on something that is not shown yet is shown only as long as that is assumed.
        if self.inductions == inductions { self.shown.insert(goal) }
        return true
    }

    /// The same without findings.
    mutating func showsSilently(_ premise: SchemaPremise, _ schema: Int) throws(OverLimit) -> Bool {
        self.silent += 1
        defer { self.silent -= 1 }
        return try self.shows(premise, schema)
    }

    /// The same of a part of the value.
    mutating func showsOfPartSilently(_ schemas: [Int], _ schema: Int) throws(OverLimit) -> Bool {
        self.silent += 1
        defer { self.silent -= 1 }
        return try self.showsOfPart(schemas, schema)
    }

    /// Shows it of a part of the value, of which all these schemas are known to hold.
    mutating func showsOfPart(
        _ schemas: [Int], kinds: ValueKinds = .all, _ schema: Int
    ) throws(OverLimit) -> Bool {
        self.level += 1
        self.places.append(schemas.first.map { self.narrow.nodes[$0].location } ?? self.places.last ?? "")
        defer {
            self.level -= 1
            self.places.removeLast()
        }
        return try self.shows(SchemaPremise(schemas, kinds: kinds), schema)
    }

    private mutating func shows(
        _ facts: SchemaFacts, _ premise: SchemaPremise, _ schema: Int, _ node: SchemaNode
    ) throws(OverLimit) -> Bool {
        if facts.isNever { return true }
        for index in facts.indexes where try self.areTwins(index, schema) { return true }
        if let values = facts.values { return try self.shows(each: values, of: premise, schema, node) }
        let kinds = facts.kinds.single
        if kinds.count > 1 {
            var holds = true
            for kind in kinds {
                holds = try self.shows(premise.restricted(to: kind), schema) && holds
                if !holds, self.isEnough { return false }
            }
            return holds
        }
        if let (choice, alternatives) = facts.choice(undecidedIn: premise) {
            var holds = true
            for alternative in alternatives {
                holds = try self.shows(premise.adding(alternative, decided: choice), schema) && holds
                if !holds, self.isEnough { return false }
            }
            return holds
        }
        guard let kind = kinds.first else { return true }
        return try self.shows(kind, facts, premise.restricted(to: kind), node)
    }

    mutating func areTwins(_ narrow: Int, _ wide: Int) throws(OverLimit) -> Bool {
        // The pairs are counted as they are met; the count is taken over afterwards, for both are parts of one value.
        var taken = 0
        let (stepsMax, steps) = (self.stepsMax, self.steps)
        let areTwins = try self.twins.areTwins(narrow, wide) { count throws(OverLimit) in
            taken += count
            if steps + taken > stepsMax { throw OverLimit() }
        }
        try self.count(taken)
        return areTwins
    }

    /// Tries values that can be counted.
    private mutating func shows(
        each values: [JSONNode], of premise: SchemaPremise, _ schema: Int, _ node: SchemaNode
    ) throws(OverLimit) -> Bool {
        var holds = true
        for value in values {
            try self.count(1 + premise.schemas.count)
            let cannotBe = premise.schemas.contains { self.narrow.fits(value, at: $0) == false }
            if cannotBe || self.wide.fits(value, at: schema) == true { continue }
            let violation = self.wide.violations(in: value, at: schema).first
            if !self.isEnough, let violation {
                _ = self.fails(at: violation.schemaPointer, "a value that is allowed there \(violation.detail)")
            } else {
                _ = self.fails(node, "", "does not take a value that is allowed there")
            }
            holds = false
            if self.isEnough { return false }
        }
        return holds
    }

    private mutating func fails(at place: String, _ detail: String) -> Bool {
        let finding = Finding(widePlace: place, narrowPlace: self.places.last ?? "", detail: detail)
        if !self.findings.contains(where: { $0.widePlace == finding.widePlace && $0.narrowPlace == finding.narrowPlace }
        ) {
            self.findings.append(finding)
        }
        return false
    }

    // MARK: Keywords

    /// Every keyword of a schema, for values of one kind.
    private mutating func shows(
        _ kind: ValueKinds, _ facts: SchemaFacts, _ premise: SchemaPremise, _ node: SchemaNode
    ) throws(OverLimit) -> Bool {
        if kind == .object, try self.isEmpty(facts) { return true }
        if node.always == false { return self.fails(node, "", "nothing may stand here any more") }
        if let types = node.types, !ValueKinds(types).contains(kind) {
            return self.fails(node, "type", "does not allow \(kind.name)")
        }
        var holds = true
        if node.constant != nil { holds = self.fails(node, "const", "allows one value, and others come") }
        if node.enumeration != nil { holds = self.fails(node, "enum", "lists its values, and others come") }
        if !holds, self.isEnough { return false }
        switch kind {
        case .string: holds = self.showsString(facts, node) && holds
        case .integer, .fraction: holds = self.showsNumber(facts, node, isWhole: kind == .integer) && holds
        case .array: holds = try self.showsArray(facts, node) && holds
        case .object: holds = try self.showsObject(facts, premise, node) && holds
        default: break
        }
        if !holds, self.isEnough { return false }
        return try self.showsApplicators(facts, premise, node) && holds
    }

    private mutating func showsApplicators(
        _ facts: SchemaFacts, _ premise: SchemaPremise, _ node: SchemaNode
    ) throws(OverLimit) -> Bool {
        var holds = true
        var parts = node.allOf
        if let target = node.reference { parts.append(target) }
        if let reference = node.dynamicReference {
            if reference.anchor == nil {
                parts.append(reference.initial)
            } else {
                holds = self.fails(node, "$dynamicRef", "cannot be compared")
            }
        }
        for part in parts {
            holds = try self.shows(premise, part) && holds
            if !holds, self.isEnough { return false }
        }
        if !node.anyOf.isEmpty { holds = try self.showsAny(of: node, premise) && holds }
        if !node.oneOf.isEmpty { holds = try self.showsOne(of: node, premise) && holds }
        if let schema = node.not {
            let isExcluded = try self.excludes(premise, schema)
            if !isExcluded { holds = self.fails(node, "not", "it cannot be shown that nothing of it comes") }
        }
        if node.condition != nil {
            holds = try self.showsConsequences(of: node, premise) && holds
        }
        return holds
    }

    /// What an `if` asks for: both of it, where it is open which.
    private mutating func showsConsequences(
        of node: SchemaNode, _ premise: SchemaPremise
    ) throws(OverLimit) -> Bool {
        guard let condition = node.condition else { return true }
        var holds = true
        if let then = node.then, try !self.excludes(premise, condition) { holds = try self.shows(premise, then) }
        if !holds, self.isEnough { return false }
        guard let otherwise = node.otherwise, try !self.showsSilently(premise, condition) else { return holds }
        return try self.shows(premise, otherwise) && holds
    }

    private mutating func showsAny(of node: SchemaNode, _ premise: SchemaPremise) throws(OverLimit) -> Bool {
        for part in node.anyOf where try self.showsSilently(premise, part) { return true }
        return self.fails(node, "anyOf", "it cannot be shown that one of its schemas takes all that comes")
    }

    private mutating func showsOne(of node: SchemaNode, _ premise: SchemaPremise) throws(OverLimit) -> Bool {
        for (index, part) in node.oneOf.enumerated() where try self.showsSilently(premise, part) {
            for (other, schema) in node.oneOf.enumerated() where other != index {
                guard try self.excludes(premise, schema) else {
                    return self.fails(node, "oneOf", "it cannot be shown that only one of its schemas takes what comes")
                }
            }
            return true
        }
        return self.fails(node, "oneOf", "it cannot be shown that one of its schemas takes all that comes")
    }
}
