extension SeededRandom {
    private static let names = ["a", "b", "c", "ab", "x1"]
    private static let patterns = ["^a", "b$", "^x", "[0-9]"]
    private static let scalars = [
        "null", "true", "false", "0", "1", "2", "3", "-1", "0.5", "1.5", "\"\"", "\"a\"", "\"ab\"", "\"xb\"", "\"abc\"",
    ]
    private static let types = ["null", "boolean", "object", "array", "number", "integer", "string"]

    /// A small value, of things that schemas of ``schema(depth:)`` speak of.
    public mutating func value(depth: Int = 2) -> SchemaSample {
        guard depth > 0, !self.once(in: 2) else { return .raw(self.pick(Self.scalars)) }
        if self.once(in: 3) { return .array((0..<self.below(4)).map { _ in self.value(depth: depth - 1) }) }
        var members: [String: SchemaSample] = [:]
        for _ in 0..<self.below(4) { members[self.pick(Self.names)] = self.value(depth: depth - 1) }
        return .object(members)
    }

    /// A small schema, of keywords that work on each other.
    public mutating func schema(depth: Int = 3) -> SchemaSample {
        if self.once(in: 12) { return .raw(self.once(in: 4) ? "false" : "true") }
        var members: [String: SchemaSample] = [:]
        for _ in 0...self.below(3) {
            let (keyword, value) = self.rule(depth: depth)
            members[keyword] = value
        }
        return .object(members)
    }

    /// The same schema with a change somewhere in it.
    public mutating func variation(of schema: SchemaSample, depth: Int = 3) -> SchemaSample {
        guard case .object(var members) = schema, !self.once(in: 10) else { return self.schema(depth: depth) }
        let names = members.keys.sorted()
        guard !names.isEmpty, !self.once(in: 4) else {
            let (keyword, value) = self.rule(depth: depth)
            members[keyword] = value
            return .object(members)
        }
        let name = self.pick(names)
        switch (name, members[name]) {
        case (_, _) where self.once(in: 5): members[name] = nil
        case ("properties", .object(let inner)), ("patternProperties", .object(let inner)),
            ("dependentSchemas", .object(let inner)):
            members[name] = .object(self.varied(inner, depth))
        case ("allOf", .array(let inner)), ("anyOf", .array(let inner)), ("oneOf", .array(let inner)),
            ("prefixItems", .array(let inner)):
            members[name] = .array(self.varied(inner, depth))
        case ("items", let inner?), ("additionalProperties", let inner?), ("not", let inner?), ("contains", let inner?),
            ("propertyNames", let inner?), ("if", let inner?), ("then", let inner?), ("else", let inner?):
            members[name] = self.variation(of: inner, depth: depth - 1)
        default: members[name] = self.rule(depth: depth, named: name)
        }
        return .object(members)
    }

    private mutating func varied(_ inner: [String: SchemaSample], _ depth: Int) -> [String: SchemaSample] {
        var inner = inner
        if let name = inner.keys.sorted().first, !self.once(in: 3) {
            let chosen = self.once(in: 2) ? name : self.pick(inner.keys.sorted())
            inner[chosen] = inner[chosen].map { self.variation(of: $0, depth: depth - 1) }
        } else {
            inner[self.pick(Self.names)] = self.schema(depth: depth - 1)
        }
        return inner
    }

    private mutating func varied(_ inner: [SchemaSample], _ depth: Int) -> [SchemaSample] {
        var inner = inner
        let place = self.below(inner.count)
        if self.once(in: 3) {
            inner.append(self.schema(depth: depth - 1))
        } else {
            inner[place] = self.variation(of: inner[place], depth: depth - 1)
        }
        return inner
    }

    private mutating func rule(depth: Int) -> (String, SchemaSample) {
        let flat = [
            "type", "type", "type", "enum", "const", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum",
            "multipleOf", "maxLength", "minLength", "pattern", "required", "required", "maxItems", "minItems",
            "uniqueItems", "maxProperties", "minProperties", "dependentRequired",
        ]
        let deep = [
            "properties", "properties", "properties", "additionalProperties", "patternProperties", "items",
            "prefixItems", "allOf", "anyOf", "oneOf", "not", "contains", "propertyNames", "if", "then", "else",
            "dependentSchemas", "$ref", "unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains",
        ]
        let keyword = depth > 0 && !self.once(in: 3) ? self.pick(deep) : self.pick(flat)
        return (keyword, self.rule(depth: depth, named: keyword))
    }

    private mutating func rule(depth: Int, named keyword: String) -> SchemaSample {
        switch keyword {
        case "type":
            let one = self.pick(Self.types)
            return self.once(in: 2) ? .raw("\"\(one)\"") : .raw("[\"\(one)\",\"\(self.pick(Self.types))\"]")
        case "enum": return .array((0...self.below(4)).map { _ in self.value(depth: 1) })
        case "const": return self.value(depth: 1)
        case "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum":
            return .raw(self.pick(["0", "1", "2", "0.5", "1.5"]))
        case "multipleOf": return .raw(self.pick(["1", "2", "0.5", "3"]))
        case "pattern": return .raw("\"\(self.pick(Self.patterns))\"")
        case "required": return .array((0...self.below(2)).map { _ in .raw("\"\(self.pick(Self.names))\"") })
        case "uniqueItems": return .raw("true")
        case "dependentRequired":
            return .object([self.pick(Self.names): .array([.raw("\"\(self.pick(Self.names))\"")])])
        case "properties", "dependentSchemas":
            var members: [String: SchemaSample] = [:]
            for _ in 0...self.below(3) { members[self.pick(Self.names)] = self.schema(depth: depth - 1) }
            return .object(members)
        case "patternProperties":
            return .object([self.pick(Self.patterns): self.schema(depth: depth - 1)])
        case "prefixItems", "allOf", "anyOf", "oneOf":
            return .array((0...self.below(3)).map { _ in self.schema(depth: depth - 1) })
        case "$ref": return .raw(self.pick(["\"#\"", "\"#/properties/a\"", "\"#/$defs/d\""]))
        case "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties", "minContains",
            "maxContains":
            return .raw(String(self.below(4)))
        default: return self.schema(depth: depth - 1)
        }
    }

    /// A value that has a fair chance to fit.
    public mutating func value(fitting schema: SchemaSample, depth: Int = 3) -> SchemaSample {
        if depth == 0 || self.once(in: 8) { return self.value(depth: 2) }
        if let constant = schema["const"] { return constant }
        if case .array(let values) = schema["enum"], !values.isEmpty { return self.pick(values) }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            if case .array(let parts) = schema[keyword], self.once(in: 2) {
                return self.value(fitting: self.pick(parts), depth: depth - 1)
            }
        }
        let type = schema["type"]?.text ?? ""
        if type.contains("object") || schema["properties"] != nil || schema["required"] != nil {
            return self.members(fitting: schema, depth)
        }
        if type.contains("array") || schema["items"] != nil || schema["prefixItems"] != nil {
            return self.items(fitting: schema, depth)
        }
        return self.value(depth: 1)
    }

    private mutating func members(fitting schema: SchemaSample, _ depth: Int) -> SchemaSample {
        var members: [String: SchemaSample] = [:]
        if case .object(let properties) = schema["properties"] {
            for (name, part) in properties.sorted(by: { $0.key < $1.key }) where !self.once(in: 3) {
                members[name] = self.value(fitting: part, depth: depth - 1)
            }
        }
        if case .array(let names) = schema["required"] {
            for name in names {
                let name = String(name.text.dropFirst().dropLast())
                if members[name] == nil {
                    let part = schema["properties"]?[name] ?? schema["additionalProperties"] ?? .raw("true")
                    members[name] = self.value(fitting: part, depth: depth - 1)
                }
            }
        }
        if self.once(in: 2) {
            let part = schema["additionalProperties"] ?? .raw("true")
            members[self.pick(Self.names)] = self.value(fitting: part, depth: depth - 1)
        }
        return .object(members)
    }

    private mutating func items(fitting schema: SchemaSample, _ depth: Int) -> SchemaSample {
        var items: [SchemaSample] = []
        if case .array(let parts) = schema["prefixItems"] {
            items = parts.map { self.value(fitting: $0, depth: depth - 1) }
        }
        let part = schema["items"] ?? schema["contains"] ?? .raw("true")
        for _ in 0..<self.below(3) { items.append(self.value(fitting: part, depth: depth - 1)) }
        return .array(items)
    }
}
