extension SchemaInclusion {
    /// Ways in which the patterns of the narrower schema may match a name that nobody names, at most.
    private static let waysMax = 64

    mutating func showsObject(
        _ facts: SchemaFacts, _ premise: SchemaPremise, _ node: SchemaNode
    ) throws(OverLimit) -> Bool {
        let required = facts.required
        var holds = true
        for name in Set(node.required).sorted() where !required.contains(name) {
            holds = self.fails(node, "required", "asks for '\(name)', which may be missing")
        }
        let only = facts.onlyNames(in: self.narrow)
        if let min = node.minProperties, min > Swift.max(facts.greatest(\.minProperties) ?? 0, required.count) {
            holds = self.fails(node, "minProperties", "asks for \(min) members, and fewer come")
        }
        if let max = node.maxProperties,
            [facts.least(\.maxProperties), only?.count].compactMap(\.self).min() ?? .max > max
        {
            holds = self.fails(node, "maxProperties", "allows \(max) members, and more come")
        }
        if let rest = node.unevaluatedProperties, self.wide.nodes[rest].always != true {
            holds = self.fails(node, "unevaluatedProperties", "can only be compared with the same schema")
        }
        if !holds, self.isEnough { return false }
        holds = try self.showsDependents(facts, premise, node, required) && holds
        if !holds, self.isEnough { return false }
        holds = try self.showsMembers(facts, node) && holds
        if !holds, self.isEnough { return false }
        return try self.showsNames(facts, node, only) && holds
    }

    /// Whether no object fits: one that must have a member that it cannot have.
    mutating func isEmpty(_ facts: SchemaFacts) throws(OverLimit) -> Bool {
        for name in facts.required where try self.isImpossible(name, facts) { return true }
        return false
    }

    /// Schemas of one document that a member of this name fits, whatever they are in.
    func schemas(ofMember name: ExactText, _ nodes: [SchemaNode]) -> [Int] {
        nodes.flatMap { node in
            var all = node.properties[name].map { [$0] } ?? []
            all += node.patternProperties.filter { $0.pattern.matches(name.text) }.map(\.schema)
            if all.isEmpty, let rest = node.additionalProperties { all.append(rest) }
            return all
        }
    }

    /// The same, counted.
    private mutating func members(_ name: ExactText, _ nodes: [SchemaNode]) throws(OverLimit) -> [Int] {
        for node in nodes {
            try self.count(1)
            for pattern in node.patternProperties { try self.count(1 + pattern.pattern.cost(of: name.text) / 16) }
        }
        return self.schemas(ofMember: name, nodes)
    }

    private mutating func isImpossible(_ name: ExactText, _ facts: SchemaFacts) throws(OverLimit) -> Bool {
        try self.members(name, facts.nodes).contains { self.narrow.nodes[$0].always == false }
    }

    // MARK: Members

    private mutating func showsMembers(_ facts: SchemaFacts, _ node: SchemaNode) throws(OverLimit) -> Bool {
        guard !node.properties.isEmpty || !node.patternProperties.isEmpty || node.additionalProperties != nil else {
            return true
        }
        var holds = true
        let named = facts.nodes.reduce(into: Set(node.properties.keys)) { $0.formUnion($1.properties.keys) }
        for name in named.sorted() {
            let known = try self.members(name, facts.nodes)
            for schema in try self.members(name, [node]) {
                holds = try self.showsOfPart(known, schema) && holds
                if !holds, self.isEnough { return false }
            }
        }
        // Of names that nobody names it is open which patterns match.
        for (text, _, schema) in node.patternProperties {
            for known in try self.ways(facts, matching: text, except: []) {
                holds = try self.showsOfPart(known, schema) && holds
                if !holds, self.isEnough { return false }
            }
        }
        guard let rest = node.additionalProperties, self.wide.nodes[rest].always != true else { return holds }
        for known in try self.ways(facts, matching: nil, except: node.patternProperties.map(\.text)) {
            holds = try self.showsOfPart(known, rest) && holds
            if !holds, self.isEnough { return false }
        }
        return holds
    }

    /// What may be known of a member whose name nobody names: one of these sets of schemas.
    /// - Parameters:
    ///   - text: a pattern that the name matches.
    ///   - others: patterns that it does not match.
    private mutating func ways(
        _ facts: SchemaFacts, matching text: ExactText?, except others: [ExactText]
    ) throws(OverLimit) -> [[Int]] {
        var ways: [[Int]] = [[]]
        for node in facts.nodes {
            try self.count(1 + node.patternProperties.count + ways.count)
            if let text, let known = node.patternProperties.first(where: { $0.text == text }) {
                for index in ways.indices { ways[index].append(known.schema) }
                continue
            }
            let rest = node.additionalProperties.map { [$0] } ?? []
            let open = node.patternProperties.filter { !others.contains($0.text) }
            // Less is known where there are too many ways: that is never wrong.
            guard ways.count * (open.count + 1) <= Self.waysMax else { continue }
            ways = ways.flatMap { way in [way + rest] + open.map { way + [$0.schema] } }
        }
        return ways
    }

    // MARK: Names and dependents

    private mutating func showsNames(
        _ facts: SchemaFacts, _ node: SchemaNode, _ only: [ExactText: Int]?
    ) throws(OverLimit) -> Bool {
        guard let schema = node.propertyNames else { return true }
        if let only {
            try self.count(only.count)
            let names = only.filter { self.narrow.nodes[$0.value].always != false }.keys
            if names.allSatisfy({ self.wide.fits(.string($0), at: schema) == true }) { return true }
        }
        return try self.showsOfPart(facts.nodes.compactMap(\.propertyNames), kinds: .string, schema)
    }

    private mutating func showsDependents(
        _ facts: SchemaFacts, _ premise: SchemaPremise, _ node: SchemaNode, _ required: Set<ExactText>
    ) throws(OverLimit) -> Bool {
        var holds = true
        for (name, others) in node.dependentRequired where try !self.isImpossible(name, facts) {
            let known = facts.nodes.flatMap(\.dependentRequired).filter { $0.name == name }.flatMap(\.required)
            for other in others where other != name && !required.contains(other) && !known.contains(other) {
                holds = self.fails(
                    node, "dependentRequired", "asks for '\(other)' where '\(name)' is, and it may be missing")
            }
        }
        for (name, schema) in node.dependentSchemas where try !self.isImpossible(name, facts) {
            let known = facts.nodes.flatMap(\.dependentSchemas).filter { $0.name == name }.map(\.schema)
            holds = try self.shows(premise.adding(known), schema) && holds
            if !holds, self.isEnough { return false }
        }
        return holds
    }
}
