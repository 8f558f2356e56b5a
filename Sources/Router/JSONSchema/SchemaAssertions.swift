/// What a schema asks of a value itself (JSON Schema Validation 2020-12, sections 6 and 7).
enum SchemaAssertions {
    /// The keywords that a value does not fit, each with what it asks for.
    /// - Parameter first: only whether there is any is of interest.
    static func faults(
        of value: JSONNode, _ node: SchemaNode, assertsFormats: Bool, first: Bool
    ) -> [(keyword: String, detail: String)] {
        var faults = Faults()
        self.checkAny(value, node, &faults)
        if first, !faults.all.isEmpty { return faults.all }
        switch value {
        case .number(let number): self.check(number, node, &faults)
        case .string(let text): self.check(text.text, node, assertsFormats, &faults)
        case .array(let items): self.check(items, node, &faults)
        case .object(let members): self.check(members, node, &faults)
        case .null, .boolean: break
        }
        return faults.all
    }

    private struct Faults {
        var all: [(keyword: String, detail: String)] = []

        mutating func add(_ keyword: String, _ detail: String) { self.all.append((keyword, detail)) }
    }

    private static func checkAny(_ value: JSONNode, _ node: SchemaNode, _ faults: inout Faults) {
        if let types = node.types, !types.allows(value) {
            let names = SchemaNode.Types.names.filter { types.contains($0.type) }.map(\.name)
            faults.add("type", "is of type \(value.typeName): must be \(names.joined(separator: " or "))")
        }
        if let constant = node.constant, constant != value { faults.add("const", "is not the value that is asked for") }
        if let values = node.enumeration, !values.contains(value) {
            faults.add("enum", "is none of the \(values.count) values that are allowed")
        }
    }

    private static func check(_ number: DecimalNumber, _ node: SchemaNode, _ faults: inout Faults) {
        if let divisor = node.multipleOf, !number.isMultiple(of: divisor) {
            faults.add("multipleOf", "is not a multiple of what is asked for")
        }
        if let bound = node.maximum, number > bound { faults.add("maximum", "is greater than the maximum") }
        if let bound = node.minimum, number < bound { faults.add("minimum", "is less than the minimum") }
        if let bound = node.exclusiveMaximum, number >= bound {
            faults.add("exclusiveMaximum", "is not less than the exclusive maximum")
        }
        if let bound = node.exclusiveMinimum, number <= bound {
            faults.add("exclusiveMinimum", "is not greater than the exclusive minimum")
        }
    }

    private static func check(
        _ text: String, _ node: SchemaNode, _ assertsFormats: Bool, _ faults: inout Faults
    ) {
        if node.maxLength != nil || node.minLength != nil {
            let length = text.unicodeScalars.count
            if let max = node.maxLength, length > max {
                faults.add("maxLength", "has \(length) characters: at most \(max)")
            }
            if let min = node.minLength, length < min {
                faults.add("minLength", "has \(length) characters: at least \(min)")
            }
        }
        if let (expression, pattern) = node.pattern, !pattern.matches(text) {
            faults.add("pattern", "does not match the pattern \(expression)")
        }
        if let use = node.format, assertsFormats || use.isAsserted, !use.format.fits(text) {
            faults.add("format", "is not of the format \(use.format.rawValue)")
        }
    }

    private static func check(_ items: [JSONNode], _ node: SchemaNode, _ faults: inout Faults) {
        if let max = node.maxItems, items.count > max {
            faults.add("maxItems", "has \(items.count) items: at most \(max)")
        }
        if let min = node.minItems, items.count < min {
            faults.add("minItems", "has \(items.count) items: at least \(min)")
        }
        if node.uniqueItems, Set(items).count < items.count { faults.add("uniqueItems", "has the same item twice") }
    }

    private static func check(_ members: [ExactText: JSONNode], _ node: SchemaNode, _ faults: inout Faults) {
        for name in node.required where members[name] == nil {
            faults.add("required", "must have the member '\(name)'")
        }
        for (name, required) in node.dependentRequired where members[name] != nil {
            for other in required where members[other] == nil {
                faults.add("dependentRequired", "must have the member '\(other)', because it has '\(name)'")
            }
        }
        if let max = node.maxProperties, members.count > max {
            faults.add("maxProperties", "has \(members.count) members: at most \(max)")
        }
        if let min = node.minProperties, members.count < min {
            faults.add("minProperties", "has \(members.count) members: at least \(min)")
        }
    }
}

extension SchemaNode.Types {
    fileprivate func allows(_ value: JSONNode) -> Bool {
        switch value {
        case .null: self.contains(.null)
        case .boolean: self.contains(.boolean)
        case .number(let number): self.contains(.number) || (self.contains(.integer) && number.isInteger)
        case .string: self.contains(.string)
        case .array: self.contains(.array)
        case .object: self.contains(.object)
        }
    }
}
