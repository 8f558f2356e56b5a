/// Whether schemas of two documents are the same but for what is no rule: they take the same values, whatever is in
/// them.
struct SchemaTwins {
    private struct Pair: Hashable {
        var left: Int
        var right: Int
    }

    private let left: JSONSchema
    private let right: JSONSchema
    private var known: [Pair: Bool] = [:]

    init(_ left: JSONSchema, _ right: JSONSchema) {
        self.left = left
        self.right = right
    }

    /// - Parameter count: told how many steps are taken, may end it.
    mutating func areTwins(
        _ left: Int, _ right: Int, _ count: (Int) throws(SchemaInclusion.OverLimit) -> Void
    ) throws(SchemaInclusion.OverLimit) -> Bool {
        let first = Pair(left: left, right: right)
        if let known = self.known[first] { return known }
        // Every pair is taken for the same until a difference is found: where none is, they all are.
        var met: Set<Pair> = [first]
        var pending = [first]
        while let pair = pending.popLast() {
            let (one, other) = (self.left.nodes[pair.left], self.right.nodes[pair.right])
            try count(1 + (one.enumeration?.count ?? 0) + one.properties.count)
            guard self.known[pair] != false, self.haveSameRules(one, other), let parts = Self.parts(one, other) else {
                self.known[first] = false
                return false
            }
            for part in parts {
                let inner = Pair(left: part.0, right: part.1)
                if self.known[inner] != true, met.insert(inner).inserted { pending.append(inner) }
            }
        }
        for pair in met { self.known[pair] = true }
        return true
    }

    /// Keywords that have no schemas in them.
    private func haveSameRules(_ one: SchemaNode, _ other: SchemaNode) -> Bool {
        one.always == other.always && one.types == other.types && one.constant == other.constant
            && one.enumeration == other.enumeration && one.multipleOf == other.multipleOf
            && one.maximum == other.maximum && one.exclusiveMaximum == other.exclusiveMaximum
            && one.minimum == other.minimum && one.exclusiveMinimum == other.exclusiveMinimum
            && one.maxLength == other.maxLength && one.minLength == other.minLength
            && one.pattern?.text == other.pattern?.text
            && self.left.assertedFormat(of: one) == self.right.assertedFormat(of: other)
            && one.maxItems == other.maxItems && one.minItems == other.minItems
            && one.uniqueItems == other.uniqueItems && one.maxContains == other.maxContains
            && one.minContains == other.minContains && one.maxProperties == other.maxProperties
            && one.minProperties == other.minProperties && Set(one.required) == Set(other.required)
            && one.dependentRequired.count == other.dependentRequired.count
            && zip(one.dependentRequired, other.dependentRequired).allSatisfy {
                $0.name == $1.name && Set($0.required) == Set($1.required)
            }
            && one.dynamicReference?.anchor == nil && other.dynamicReference?.anchor == nil
    }

    /// The schemas in them that correspond; nil where some have no counterpart.
    private static func parts(_ one: SchemaNode, _ other: SchemaNode) -> [(Int, Int)]? {
        var parts: [(Int, Int)] = []
        let single: [KeyPath<SchemaNode, Int?>] = [
            \.items, \.contains, \.unevaluatedItems, \.additionalProperties, \.propertyNames,
            \.unevaluatedProperties, \.not, \.condition, \.then, \.otherwise, \.reference,
            \.dynamicReference?.initial,
        ]
        for path in single {
            switch (one[keyPath: path], other[keyPath: path]) {
            case (nil, nil): break
            case (let left?, let right?): parts.append((left, right))
            default: return nil
            }
        }
        for path in [\SchemaNode.prefixItems, \.allOf, \.anyOf, \.oneOf] {
            guard one[keyPath: path].count == other[keyPath: path].count else { return nil }
            parts += zip(one[keyPath: path], other[keyPath: path])
        }
        guard one.properties.count == other.properties.count,
            one.patternProperties.count == other.patternProperties.count,
            one.dependentSchemas.count == other.dependentSchemas.count
        else { return nil }
        for (name, left) in one.properties {
            guard let right = other.properties[name] else { return nil }
            parts.append((left, right))
        }
        for (left, right) in zip(one.patternProperties, other.patternProperties) {
            guard left.text == right.text else { return nil }
            parts.append((left.schema, right.schema))
        }
        for (left, right) in zip(one.dependentSchemas, other.dependentSchemas) {
            guard left.name == right.name else { return nil }
            parts.append((left.schema, right.schema))
        }
        return parts
    }
}
