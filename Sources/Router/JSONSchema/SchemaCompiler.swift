import CloudEvents

/// Makes the schemas of a document ready for use: keywords checked, references followed.
struct SchemaCompiler {
    /// Steps of all patterns of one schema, their counts written out: what it takes in memory stays within bounds.
    static let patternStepsMax = 200_000
    private(set) var nodes: [SchemaNode] = []
    private var index: SchemaIndex
    private var known: [SchemaIndex.Location: Int] = [:]
    private var patternSteps = 0
    /// Made and not filled yet: schemas may refer to themselves.
    private var pending: [(location: SchemaIndex.Location, schema: JSONNode, resource: Int, node: Int)] = []

    init(library: SchemaLibrary) { self.index = SchemaIndex(library: library) }

    /// - Returns: the index of the outermost schema.
    mutating func compile(_ document: JSONNode, address: String) throws(SchemaFault) -> Int {
        let resource = try self.index.add(document, address: address)
        let root = try self.node(document, at: self.index.resources[resource].location, resource: resource)
        var anchored = 0
        repeat {
            while let next = self.pending.popLast() {
                self.nodes[next.node] = try self.filled(next.schema, next.location, next.resource)
            }
            // A dynamic reference may lead to each of them.
            while anchored < self.index.resources.count, self.pending.isEmpty {
                for location in self.index.resources[anchored].dynamicAnchors.values {
                    if let schema = self.index.node(at: location) {
                        _ = try self.node(schema, at: location, resource: anchored)
                    }
                }
                anchored += 1
            }
        } while !self.pending.isEmpty
        return root
    }

    /// For each resource, where its dynamic anchors lead.
    var dynamicAnchors: [[String: Int]] {
        self.index.resources.map { $0.dynamicAnchors.compactMapValues { self.known[$0] } }
    }

    private mutating func node(
        _ schema: JSONNode, at location: SchemaIndex.Location, resource: Int
    ) throws(SchemaFault) -> Int {
        if let known = self.known[location] { return known }
        self.nodes.append(SchemaNode())
        self.known[location] = self.nodes.count - 1
        self.pending.append((location, schema, resource, self.nodes.count - 1))
        return self.nodes.count - 1
    }

    private mutating func filled(
        _ schema: JSONNode, _ location: SchemaIndex.Location, _ outer: Int
    ) throws(SchemaFault) -> SchemaNode {
        var node = SchemaNode()
        node.location = location.pointer
        node.resource = self.index.resourcesByLocation[location] ?? outer
        switch schema {
        case .boolean(let always): node.always = always
        case .object(let members):
            let dialect = self.index.resources[node.resource].dialect
            var reader = SchemaReader(members, at: location.pointer, assertsFormats: dialect.assertsFormats)
            if dialect.validates { try reader.readAssertions(into: &node) }
            try reader.readFormat(into: &node)
            try self.fillReferences(&node, members, location)
            if dialect.applies { try self.fillApplicators(&node, members, location) }
            try self.count(node)
        default: throw SchemaFault(pointer: location.pointer, reason: "a schema is an object, true or false")
        }
        return node
    }

    private mutating func count(_ node: SchemaNode) throws(SchemaFault) {
        self.patternSteps += node.pattern?.pattern.stepCount ?? 0
        for (_, pattern, _) in node.patternProperties { self.patternSteps += pattern.stepCount }
        guard self.patternSteps <= Self.patternStepsMax else {
            throw SchemaFault(
                pointer: node.location,
                reason: "its patterns and those before have more than \(Self.patternStepsMax) steps, counts written out"
            )
        }
    }

    // MARK: Schemas in schemas

    private mutating func fillApplicators(
        _ node: inout SchemaNode, _ members: [ExactText: JSONNode], _ location: SchemaIndex.Location
    ) throws(SchemaFault) {
        let resource = node.resource
        node.additionalProperties = try self.one("additionalProperties", members, location, resource)
        node.contains = try self.one("contains", members, location, resource)
        node.items = try self.one("items", members, location, resource)
        node.not = try self.one("not", members, location, resource)
        node.propertyNames = try self.one("propertyNames", members, location, resource)
        node.condition = try self.one("if", members, location, resource)
        node.then = try self.one("then", members, location, resource)
        node.otherwise = try self.one("else", members, location, resource)
        node.unevaluatedItems = try self.one("unevaluatedItems", members, location, resource)
        node.unevaluatedProperties = try self.one("unevaluatedProperties", members, location, resource)
        node.allOf = try self.list("allOf", members, location, resource)
        node.anyOf = try self.list("anyOf", members, location, resource)
        node.oneOf = try self.list("oneOf", members, location, resource)
        node.prefixItems = try self.list("prefixItems", members, location, resource)
        for (name, schema) in try self.map("properties", members, location, resource) {
            node.properties[name] = schema
        }
        for (name, schema) in try self.map("dependentSchemas", members, location, resource) {
            node.dependentSchemas.append((name, schema))
        }
        for (name, schema) in try self.map("patternProperties", members, location, resource) {
            let pattern = try SchemaReader.pattern(
                name.text, at: location.pointer + JSONPointer.text(of: ["patternProperties", name.text]))
            node.patternProperties.append((name, pattern, schema))
        }
    }

    private mutating func one(
        _ keyword: String, _ members: [ExactText: JSONNode], _ location: SchemaIndex.Location, _ resource: Int
    ) throws(SchemaFault) -> Int? {
        guard let schema = members[ExactText(keyword)] else { return nil }
        return try self.node(schema, at: Self.place(location, keyword), resource: resource)
    }

    private mutating func list(
        _ keyword: String, _ members: [ExactText: JSONNode], _ location: SchemaIndex.Location, _ resource: Int
    ) throws(SchemaFault) -> [Int] {
        guard let value = members[ExactText(keyword)] else { return [] }
        guard case .array(let schemas) = value, !schemas.isEmpty else {
            throw SchemaFault(pointer: location.pointer + "/" + keyword, reason: "must be an array with schemas in it")
        }
        var all: [Int] = []
        for (index, schema) in schemas.enumerated() {
            all.append(try self.node(schema, at: Self.place(location, keyword, String(index)), resource: resource))
        }
        return all
    }

    private mutating func map(
        _ keyword: String, _ members: [ExactText: JSONNode], _ location: SchemaIndex.Location, _ resource: Int
    ) throws(SchemaFault) -> [(ExactText, Int)] {
        guard let value = members[ExactText(keyword)] else { return [] }
        guard case .object(let schemas) = value else {
            throw SchemaFault(pointer: location.pointer + "/" + keyword, reason: "must be an object of schemas")
        }
        var all: [(ExactText, Int)] = []
        for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) {
            all.append((name, try self.node(schema, at: Self.place(location, keyword, name.text), resource: resource)))
        }
        return all
    }

    private static func place(_ location: SchemaIndex.Location, _ tokens: String...) -> SchemaIndex.Location {
        SchemaIndex.Location(document: location.document, pointer: location.pointer + JSONPointer.text(of: tokens))
    }

    // MARK: References

    private mutating func fillReferences(
        _ node: inout SchemaNode, _ members: [ExactText: JSONNode], _ location: SchemaIndex.Location
    ) throws(SchemaFault) {
        if let value = members["$ref"] {
            node.reference = try self.target(value, "$ref", node.resource, location).node
        }
        if let value = members["$dynamicRef"] {
            let (target, anchor) = try self.target(value, "$dynamicRef", node.resource, location)
            node.dynamicReference = SchemaNode.DynamicReference(initial: target, anchor: anchor)
        }
    }

    /// - Returns: the schema, and the dynamic anchor by which it was named.
    private mutating func target(
        _ value: JSONNode, _ keyword: String, _ resource: Int, _ location: SchemaIndex.Location
    ) throws(SchemaFault) -> (node: Int, anchor: String?) {
        let place = location.pointer + "/" + keyword
        guard let text = value.text else { throw SchemaFault(pointer: place, reason: "must be a string") }
        let address = URIText(self.index.resources[resource].address).resolving(text)
        guard let found = try self.index.resource(at: address.withoutFragment) else {
            throw SchemaFault(
                pointer: place, reason: "refers to '\(address.withoutFragment)', which is not here: nothing is fetched")
        }
        let fragment = address.decodedFragment
        if fragment.isEmpty || fragment.hasPrefix("/") {
            guard let (schema, location, inner) = self.index.find(fragment, in: found) else {
                throw SchemaFault(pointer: place, reason: "refers to '#\(fragment)', where nothing is")
            }
            return (try self.node(schema, at: location, resource: inner), nil)
        }
        guard let location = self.index.resources[found].anchors[fragment],
            let schema = self.index.node(at: location)
        else { throw SchemaFault(pointer: place, reason: "refers to the anchor '\(fragment)', which is not there") }
        let isDynamic = self.index.resources[found].dynamicAnchors[fragment] != nil
        return (try self.node(schema, at: location, resource: found), isDynamic ? fragment : nil)
    }
}
