/// Reads the keywords of one schema that have no schemas in them (JSON Schema Validation 2020-12).
struct SchemaReader {
    private let members: [ExactText: JSONNode]
    private let location: String
    private let assertsFormats: Bool

    init(_ members: [ExactText: JSONNode], at location: String, assertsFormats: Bool) {
        self.members = members
        self.location = location
        self.assertsFormats = assertsFormats
    }

    /// - Throws: ``SchemaFault`` where a keyword has a value that it cannot have.
    mutating func readAssertions(into node: inout SchemaNode) throws(SchemaFault) {
        try self.readTypes(into: &node)
        try self.readNumbers(into: &node)
        node.maxLength = try self.count("maxLength")
        node.minLength = try self.count("minLength")
        node.maxItems = try self.count("maxItems")
        node.minItems = try self.count("minItems")
        node.maxContains = try self.count("maxContains")
        node.minContains = try self.count("minContains")
        node.maxProperties = try self.count("maxProperties")
        node.minProperties = try self.count("minProperties")
        if let text = try self.text("pattern") {
            node.pattern = (text, try Self.pattern(text, at: self.place("pattern")))
        }
        if let value = self.members["uniqueItems"] {
            guard case .boolean(let isUnique) = value else { throw self.fault("uniqueItems", "must be true or false") }
            node.uniqueItems = isUnique
        }
        if let value = self.members["required"] { node.required = try self.names(value, "required") }
        if let value = self.members["dependentRequired"] {
            guard case .object(let map) = value else { throw self.fault("dependentRequired", "must be an object") }
            for (name, required) in map.sorted(by: { $0.key < $1.key }) {
                node.dependentRequired.append((name, try self.names(required, "dependentRequired")))
            }
        }
    }

    /// The format, where it is asserted.
    mutating func readFormat(into node: inout SchemaNode) throws(SchemaFault) {
        guard let name = try self.text("format") else { return }
        node.format = SchemaFormat(rawValue: name).map { SchemaFormat.Use(format: $0, isAsserted: self.assertsFormats) }
    }

    /// A pattern of a schema.
    static func pattern(_ text: String, at location: String) throws(SchemaFault) -> SchemaPattern {
        do throws(SchemaPattern.Fault) {
            return try SchemaPattern(text)
        } catch {
            throw SchemaFault(pointer: location, reason: "is no pattern that is taken: \(error.reason)")
        }
    }

    private mutating func readTypes(into node: inout SchemaNode) throws(SchemaFault) {
        if let value = self.members["type"] {
            var types = SchemaNode.Types()
            let names: [JSONNode]
            if case .array(let list) = value { names = list } else { names = [value] }
            for name in names {
                guard let type = SchemaNode.Types.names.first(where: { $0.name == name.text })?.type else {
                    throw self.fault("type", "must name types: null, boolean, object, array, number, string, integer")
                }
                types.insert(type)
            }
            node.types = types
        }
        node.constant = self.members["const"]
        if let value = self.members["enum"] {
            guard case .array(let values) = value else { throw self.fault("enum", "must be an array") }
            node.enumeration = Set(values)
        }
    }

    private mutating func readNumbers(into node: inout SchemaNode) throws(SchemaFault) {
        node.maximum = try self.number("maximum")
        node.exclusiveMaximum = try self.number("exclusiveMaximum")
        node.minimum = try self.number("minimum")
        node.exclusiveMinimum = try self.number("exclusiveMinimum")
        node.multipleOf = try self.number("multipleOf")
        if let divisor = node.multipleOf {
            guard divisor.isPositive else { throw self.fault("multipleOf", "must be greater than 0") }
            guard divisor.hasDivisorLength else {
                throw self.fault("multipleOf", "has more than \(DecimalNumber.divisorDigitsMax) digits")
            }
        }
    }

    private func number(_ keyword: String) throws(SchemaFault) -> DecimalNumber? {
        guard let value = self.members[ExactText(keyword)] else { return nil }
        guard case .number(let number) = value else { throw self.fault(keyword, "must be a number") }
        return number
    }

    private func count(_ keyword: String) throws(SchemaFault) -> Int? {
        guard let number = try self.number(keyword) else { return nil }
        guard let count = number.count else {
            throw self.fault(keyword, "must be a whole number from 0 to a thousand million")
        }
        return count
    }

    private func text(_ keyword: String) throws(SchemaFault) -> String? {
        guard let value = self.members[ExactText(keyword)] else { return nil }
        guard let text = value.text else { throw self.fault(keyword, "must be a string") }
        return text
    }

    private func names(_ value: JSONNode, _ keyword: String) throws(SchemaFault) -> [ExactText] {
        guard case .array(let items) = value else { throw self.fault(keyword, "must be an array of names") }
        var names: [ExactText] = []
        for item in items {
            guard case .string(let name) = item else { throw self.fault(keyword, "must be an array of names") }
            names.append(name)
        }
        return names
    }

    private func place(_ keyword: String) -> String { "\(self.location)/\(keyword)" }

    private func fault(_ keyword: String, _ reason: String) -> SchemaFault {
        SchemaFault(pointer: self.place(keyword), reason: reason)
    }
}
