/// What a premise says, keyword by keyword: its schemas with those that they refer to or are made of.
struct SchemaFacts {
    /// Every schema that the value fits.
    private(set) var indexes: [Int] = []
    private(set) var nodes: [SchemaNode] = []
    private(set) var kinds: ValueKinds
    /// Whether nothing fits.
    private(set) var isNever = false

    init(_ premise: SchemaPremise, in schema: JSONSchema) {
        self.kinds = premise.kinds
        var seen: Set<Int> = []
        var pending = Array(premise.schemas.reversed())
        while let index = pending.popLast() {
            guard seen.insert(index).inserted else { continue }
            let node = schema.nodes[index]
            self.indexes.append(index)
            self.nodes.append(node)
            if node.always == false { self.isNever = true }
            if let types = node.types { self.kinds.formIntersection(ValueKinds(types)) }
            if let divisor = node.multipleOf, divisor.isInteger { self.kinds.remove(.fraction) }
            if let target = node.reference { pending.append(target) }
            if let reference = node.dynamicReference, reference.anchor == nil { pending.append(reference.initial) }
            pending += node.allOf.reversed()
        }
        if self.kinds.isEmpty { self.isNever = true }
    }

    /// The values that come into question, where they can be counted; some of them may not fit.
    var values: [JSONNode]? {
        if let constant = self.nodes.lazy.compactMap(\.constant).first {
            return self.kinds.contains(ValueKinds(of: constant)) ? [constant] : []
        }
        if let values = self.nodes.compactMap(\.enumeration).min(by: { $0.count < $1.count }) {
            return values.filter { self.kinds.contains(ValueKinds(of: $0)) }
        }
        guard self.kinds.isSubset(of: [.null, .boolean]) else { return nil }
        var values: [JSONNode] = []
        if self.kinds.contains(.null) { values.append(.null) }
        if self.kinds.contains(.boolean) { values += [.boolean(true), .boolean(false)] }
        return values
    }

    /// A choice that is not decided yet, and what may have been chosen: one of these holds.
    func choice(
        undecidedIn premise: SchemaPremise
    ) -> (choice: SchemaPremise.Choice, alternatives: [[Int]])? {
        for (index, node) in zip(self.indexes, self.nodes) {
            let condition = node.condition.map {
                [[$0] + (node.then.map { [$0] } ?? []), node.otherwise.map { [$0] } ?? []]
            }
            let choices: [(UInt8, [[Int]])] = [
                (0, node.anyOf.map { [$0] }), (1, node.oneOf.map { [$0] }), (2, condition ?? []),
            ]
            for (keyword, alternatives) in choices where !alternatives.isEmpty {
                let choice = SchemaPremise.Choice(schema: index, keyword: keyword)
                if !premise.decided.contains(choice) { return (choice, alternatives) }
            }
        }
        return nil
    }

    // MARK: Strings, arrays and objects by number

    /// The least of the bounds, nil where there is none.
    func least(_ bound: KeyPath<SchemaNode, Int?>) -> Int? { self.nodes.compactMap { $0[keyPath: bound] }.min() }

    /// The greatest of the bounds, nil where there is none.
    func greatest(_ bound: KeyPath<SchemaNode, Int?>) -> Int? { self.nodes.compactMap { $0[keyPath: bound] }.max() }

    /// Members that an object has.
    var required: Set<ExactText> { Set(self.nodes.flatMap(\.required)) }

    /// The only members that an object can have; nil where others may be there.
    func onlyNames(in schema: JSONSchema) -> [ExactText: Int]? {
        self.nodes.first { node in
            guard let rest = node.additionalProperties, node.patternProperties.isEmpty else { return false }
            return schema.nodes[rest].always == false
        }?.properties
    }

    /// Schemas that an item fits.
    func items(at index: Int) -> [Int] {
        self.nodes.compactMap { index < $0.prefixItems.count ? $0.prefixItems[index] : $0.items }
    }

    /// Items that arrays have at most; nil: as many as they like.
    func itemsMax(in schema: JSONSchema) -> Int? {
        let ends = self.nodes.compactMap { node -> Int? in
            guard let items = node.items, schema.nodes[items].always == false else { return nil }
            return node.prefixItems.count
        }
        return (ends + self.nodes.compactMap(\.maxItems)).min()
    }
}
