extension SchemaInclusion {
    /// How deep in values it is looked for a difference.
    private static let depthMax = 8

    /// Shows that nothing that fits a premise fits a schema of the wider document.
    mutating func excludes(_ premise: SchemaPremise, _ schema: Int) throws(OverLimit) -> Bool {
        try self.excludes(premise, [schema], depth: Self.depthMax)
    }

    private mutating func excludes(
        _ premise: SchemaPremise, _ schemas: [Int], depth: Int
    ) throws(OverLimit) -> Bool {
        let (facts, others) = (
            SchemaFacts(premise, in: self.narrow), SchemaFacts(SchemaPremise(schemas), in: self.wide)
        )
        try self.count(1 + facts.nodes.count + others.nodes.count)
        let kinds = facts.kinds.intersection(others.kinds)
        if facts.isNever || others.isNever || kinds.isEmpty { return true }
        if let values = facts.values {
            try self.count(values.count * schemas.count)
            return values.allSatisfy { value in schemas.contains { self.wide.fits(value, at: $0) == false } }
        }
        if let values = others.values {
            try self.count(values.count * premise.schemas.count)
            return values.allSatisfy { value in premise.schemas.contains { self.narrow.fits(value, at: $0) == false } }
        }
        guard depth > 0 else { return false }
        for node in others.nodes {
            for alternatives in [node.anyOf, node.oneOf] where !alternatives.isEmpty {
                var all = true
                for alternative in alternatives where all {
                    all = try self.excludes(premise, schemas + [alternative], depth: depth - 1)
                }
                if all { return true }
            }
        }
        guard kinds == .object else { return false }
        return try self.excludesMember(facts, others, depth)
    }

    /// A member that must be there and cannot fit both.
    private mutating func excludesMember(
        _ facts: SchemaFacts, _ others: SchemaFacts, _ depth: Int
    ) throws(OverLimit) -> Bool {
        for name in facts.required.union(others.required).sorted() {
            let known = self.schemas(ofMember: name, facts.nodes)
            let asked = self.schemas(ofMember: name, others.nodes)
            try self.count(1 + known.count + asked.count)
            if try self.excludes(SchemaPremise(known), asked, depth: depth - 1) { return true }
        }
        return false
    }
}
