import CloudEvents

/// One value against one schema.
struct SchemaValidation {
    /// What was asked for is more than ``JSONSchema/Limits`` allow.
    private struct OverLimit: Error {
        let reason: String
    }

    private let schema: JSONSchema
    private let assertsFormats: Bool
    private let limits: JSONSchema.Limits
    private(set) var steps = 0
    /// Whether what was said is that a limit was reached.
    private(set) var isOverLimit = false
    private var depth = 0
    private var violations: [SchemaViolation] = []
    /// How many attempts are under way whose violations nobody hears of.
    private var silent = 0
    /// Resources entered, from the outermost on.
    private var scope: [Int] = []
    private var path: [ExactText] = []

    init(_ schema: JSONSchema, assertsFormats: Bool, limits: JSONSchema.Limits) {
        self.schema = schema
        self.assertsFormats = assertsFormats
        self.limits = limits
    }

    mutating func run(_ value: JSONNode) -> [SchemaViolation] { self.run(value, at: self.schema.root) }

    /// - Parameter node: the index of the schema that is applied.
    mutating func run(_ value: JSONNode, at node: Int) -> [SchemaViolation] {
        do throws(OverLimit) {
            var evaluated = EvaluatedParts()
            _ = try self.apply(node, to: value, &evaluated)
        } catch {
            self.isOverLimit = true
            self.violations = [SchemaViolation(pointer: "", detail: error.reason, schemaPointer: "")]
        }
        return self.violations
    }

    private mutating func count(_ steps: Int) throws(OverLimit) {
        self.steps += steps
        if self.steps > self.limits.stepsMax {
            throw OverLimit(reason: "validation takes more than \(self.limits.stepsMax) steps")
        }
    }

    /// Whether there is any use in looking for more violations.
    private var isEnough: Bool { self.silent > 0 || self.violations.count >= self.limits.violationsMax }

    private mutating func fail(_ node: SchemaNode, _ keyword: String, _ detail: @autoclosure () -> String) {
        guard !self.isEnough else { return }
        self.violations.append(
            SchemaViolation(
                pointer: JSONPointer.text(of: self.path.map(\.text)), detail: detail(),
                schemaPointer: keyword.isEmpty ? node.location : "\(node.location)/\(keyword)"))
    }

    // MARK: Schemas

    private mutating func apply(
        _ index: Int, to value: JSONNode, _ evaluated: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        let node = self.schema.nodes[index]
        try self.count(1)
        if let always = node.always {
            if !always { self.fail(node, "", "nothing may stand here") }
            return always
        }
        guard self.depth < self.limits.depthMax else {
            throw OverLimit(reason: "schemas are applied deeper than \(self.limits.depthMax) levels")
        }
        self.depth += 1
        let entersResource = self.scope.last != node.resource
        if entersResource { self.scope.append(node.resource) }
        defer {
            self.depth -= 1
            if entersResource { self.scope.removeLast() }
        }
        var own = EvaluatedParts()
        var isValid = try self.assert(node, value)
        if isValid || !self.isEnough { isValid = try self.combine(node, value, &own) && isValid }
        if isValid || !self.isEnough { isValid = try self.descend(node, value, &own) && isValid }
        if isValid || !self.isEnough { isValid = try self.applyUnevaluated(node, value, &own) && isValid }
        if isValid, self.schema.needsEvaluated { evaluated.add(own) }
        return isValid
    }

    /// Tries a schema: its violations are told to nobody.
    private mutating func holds(
        _ index: Int, _ value: JSONNode, _ evaluated: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        self.silent += 1
        defer { self.silent -= 1 }
        return try self.apply(index, to: value, &evaluated)
    }

    private func target(of reference: SchemaNode.DynamicReference) -> Int {
        guard let anchor = reference.anchor else { return reference.initial }
        for resource in self.scope {
            if let target = self.schema.dynamicAnchors[resource][anchor] { return target }
        }
        return reference.initial
    }

    private mutating func combine(
        _ node: SchemaNode, _ value: JSONNode, _ own: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        var isValid = true
        if let target = node.reference { isValid = try self.apply(target, to: value, &own) && isValid }
        if let reference = node.dynamicReference {
            isValid = try self.apply(self.target(of: reference), to: value, &own) && isValid
        }
        for schema in node.allOf { isValid = try self.apply(schema, to: value, &own) && isValid }
        if !node.anyOf.isEmpty {
            var some = false
            for schema in node.anyOf where !some || self.schema.needsEvaluated {
                some = try self.holds(schema, value, &own) || some
            }
            if !some { self.fail(node, "anyOf", "fits none of the \(node.anyOf.count) schemas of anyOf") }
            isValid = some && isValid
        }
        if !node.oneOf.isEmpty {
            var fitting = 0
            for schema in node.oneOf where fitting < 2 { fitting += try self.holds(schema, value, &own) ? 1 : 0 }
            if fitting != 1 {
                self.fail(
                    node, "oneOf",
                    "fits \(fitting == 0 ? "none" : "more than one") of the \(node.oneOf.count) "
                        + "schemas of oneOf")
            }
            isValid = fitting == 1 && isValid
        }
        if let schema = node.not {
            var ignored = EvaluatedParts()
            if try self.holds(schema, value, &ignored) {
                self.fail(node, "not", "fits what must not be")
                isValid = false
            }
        }
        if let condition = node.condition {
            let next = try self.holds(condition, value, &own) ? node.then : node.otherwise
            if let next { isValid = try self.apply(next, to: value, &own) && isValid }
        }
        if case .object(let members) = value {
            for (name, schema) in node.dependentSchemas where members[name] != nil {
                isValid = try self.apply(schema, to: value, &own) && isValid
            }
        }
        return isValid
    }

    // MARK: Members and items

    private mutating func descend(
        _ node: SchemaNode, _ value: JSONNode, _ own: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        switch value {
        case .object(let members): try self.applyToMembers(node, members, &own)
        case .array(let items): try self.applyToItems(node, items, &own)
        default: true
        }
    }

    /// Applies a schema to a part of the value.
    private mutating func apply(_ schema: Int, to part: JSONNode, at token: ExactText) throws(OverLimit) -> Bool {
        var inner = EvaluatedParts()
        self.path.append(token)
        defer { self.path.removeLast() }
        return try self.apply(schema, to: part, &inner)
    }

    private mutating func applyToMembers(
        _ node: SchemaNode, _ members: [ExactText: JSONNode], _ own: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        guard
            !node.properties.isEmpty || !node.patternProperties.isEmpty || node.additionalProperties != nil
                || node.propertyNames != nil
        else { return true }
        var isValid = true
        // In a fixed order, so that the same violations are told each time.
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            try self.count(1)
            var isKnown = false
            if let schema = node.properties[name] {
                isKnown = true
                isValid = try self.apply(schema, to: member, at: name) && isValid
            }
            for (_, pattern, schema) in node.patternProperties {
                try self.count(pattern.cost(of: name.text))
                guard pattern.matches(name.text) else { continue }
                isKnown = true
                isValid = try self.apply(schema, to: member, at: name) && isValid
            }
            if !isKnown, let schema = node.additionalProperties {
                isKnown = true
                isValid = try self.apply(schema, to: member, at: name) && isValid
            }
            if let schema = node.propertyNames {
                var ignored = EvaluatedParts()
                if try !self.holds(schema, .string(name), &ignored) {
                    self.fail(node, "propertyNames", "has a member '\(name)', whose name is not allowed")
                    isValid = false
                }
            }
            if isKnown, self.schema.needsEvaluated { own.add(name: name) }
            if !isValid, self.isEnough { return false }
        }
        return isValid
    }

    private mutating func applyToItems(
        _ node: SchemaNode, _ items: [JSONNode], _ own: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        var isValid = true
        for (index, item) in items.enumerated() {
            let schema = index < node.prefixItems.count ? node.prefixItems[index] : node.items
            guard let schema else { break }
            isValid = try self.apply(schema, to: item, at: ExactText(String(index))) && isValid
            if !isValid, self.isEnough { return false }
        }
        own.add(itemsBelow: node.items != nil ? items.count : min(items.count, node.prefixItems.count))
        guard let contained = node.contains else { return isValid }
        var found = 0
        for (index, item) in items.enumerated() {
            var ignored = EvaluatedParts()
            guard try self.holds(contained, item, &ignored) else { continue }
            found += 1
            own.add(item: index)
        }
        if found < node.minContains ?? 1 {
            self.fail(
                node, "contains", "has \(found) items that fit contains instead of \(node.minContains ?? 1) or more")
            isValid = false
        }
        if let max = node.maxContains, found > max {
            self.fail(node, "maxContains", "has \(found) items that fit contains: at most \(max) may")
            isValid = false
        }
        return isValid
    }

    private mutating func applyUnevaluated(
        _ node: SchemaNode, _ value: JSONNode, _ own: inout EvaluatedParts
    ) throws(OverLimit) -> Bool {
        var isValid = true
        if case .object(let members) = value, let schema = node.unevaluatedProperties {
            for (name, member) in members.sorted(by: { $0.key < $1.key }) where !own.contains(name: name) {
                isValid = try self.apply(schema, to: member, at: name) && isValid
                if !isValid, self.isEnough { return false }
            }
            own.addAllNames()
        }
        if case .array(let items) = value, let schema = node.unevaluatedItems {
            for (index, item) in items.enumerated() where !own.contains(item: index) {
                isValid = try self.apply(schema, to: item, at: ExactText(String(index))) && isValid
                if !isValid, self.isEnough { return false }
            }
            own.add(itemsBelow: items.count)
        }
        return isValid
    }

    // MARK: Assertions

    private mutating func assert(_ node: SchemaNode, _ value: JSONNode) throws(OverLimit) -> Bool {
        let cost = try self.cost(of: node, value)
        try self.count(cost)
        let faults = SchemaAssertions.faults(
            of: value, node, assertsFormats: self.assertsFormats, first: self.isEnough)
        for (keyword, detail) in faults { self.fail(node, keyword, detail) }
        return faults.isEmpty
    }

    /// What is not the same for every value.
    private func cost(of node: SchemaNode, _ value: JSONNode) throws(OverLimit) -> Int {
        switch value {
        case .string(let text):
            let length = text.text.utf8.count
            let scans = (node.maxLength ?? node.minLength) != nil || node.format != nil || node.enumeration != nil
            return (scans ? length / 8 : 0) + (node.pattern?.pattern.cost(of: text.text) ?? 0)
        case .array(let items): return node.uniqueItems || node.enumeration != nil ? items.count : 0
        case .object(let members): return node.required.count + (node.enumeration != nil ? members.count : 0)
        default: return 0
        }
    }
}
