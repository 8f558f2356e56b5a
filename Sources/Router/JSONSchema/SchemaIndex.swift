import CloudEvents

/// Where the schemas of some documents are: resources by their addresses, anchors by their names.
struct SchemaIndex {
    /// A place in a document.
    struct Location: Hashable {
        var document: Int
        var pointer: String
    }

    struct Resource {
        var location: Location
        var address: String
        /// Locations of its `$dynamicAnchor`s.
        var dynamicAnchors: [String: Location] = [:]
        /// Locations of all its anchors.
        var anchors: [String: Location] = [:]
        var dialect: SchemaDialect
    }

    private(set) var documents: [JSONNode] = []
    private(set) var resources: [Resource] = []
    private var resourcesByAddress: [String: Int] = [:]
    /// By where they begin.
    private(set) var resourcesByLocation: [Location: Int] = [:]
    private let library: SchemaLibrary

    init(library: SchemaLibrary) { self.library = library }

    /// Adds a document and gives the index of its outermost resource.
    mutating func add(_ document: JSONNode, address: String) throws(SchemaFault) -> Int {
        self.documents.append(document)
        let location = Location(document: self.documents.count - 1, pointer: "")
        let resource = try self.addResource(document, at: location, address: address, outer: nil)
        try self.walk(document, at: location, resource: resource, isRoot: true)
        return resource
    }

    /// The resource with this address, out of the library where it is there.
    mutating func resource(at address: String) throws(SchemaFault) -> Int? {
        if let known = self.resourcesByAddress[address] { return known }
        guard let document = self.library.documents[address] else { return nil }
        let resource = try self.add(document, address: address)
        return self.resourcesByAddress[address] ?? resource
    }

    private mutating func addResource(
        _ schema: JSONNode, at location: Location, address: String, outer: Int?
    ) throws(SchemaFault) -> Int {
        var address = address
        if let id = schema["$id"] {
            guard let text = id.text, URIText(text).fragment?.isEmpty ?? true else {
                throw SchemaFault(
                    pointer: location.pointer + "/$id", reason: "must be an address without a fragment")
            }
            address = URIText(address).resolving(text).withoutFragment
        }
        let dialect = try SchemaDialect(
            schema["$schema"], outer: outer.map { self.resources[$0].dialect }, self.library, at: location.pointer)
        if let known = self.resourcesByAddress[address], self.resources[known].location != location {
            throw SchemaFault(pointer: location.pointer, reason: "another schema has the address '\(address)'")
        }
        self.resources.append(Resource(location: location, address: address, dialect: dialect))
        self.resourcesByAddress[address] = self.resources.count - 1
        self.resourcesByLocation[location] = self.resources.count - 1
        return self.resources.count - 1
    }

    /// Notes the resources and anchors in a schema and all schemas in it.
    private mutating func walk(
        _ schema: JSONNode, at location: Location, resource outer: Int, isRoot: Bool
    ) throws(SchemaFault) {
        guard case .object(let members) = schema else { return }
        var resource = outer
        if !isRoot, members["$id"] != nil {
            resource = try self.addResource(
                schema, at: location, address: self.resources[outer].address, outer: outer)
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let value = members[ExactText(keyword)] else { continue }
            guard let name = value.text, Self.isAnchor(name) else {
                throw SchemaFault(pointer: location.pointer + "/" + keyword, reason: "is no name of an anchor")
            }
            if let known = self.resources[resource].anchors[name], known != location {
                throw SchemaFault(
                    pointer: location.pointer + "/" + keyword, reason: "another schema has the anchor '\(name)'")
            }
            self.resources[resource].anchors[name] = location
            if keyword == "$dynamicAnchor" { self.resources[resource].dynamicAnchors[name] = location }
        }
        for (tokens, child) in SchemaKeyword.subschemas(of: members) {
            let inner = Location(
                document: location.document, pointer: location.pointer + JSONPointer.text(of: tokens))
            try self.walk(child, at: inner, resource: resource, isRoot: false)
        }
    }

    /// `^[A-Za-z_][-A-Za-z0-9._]*$`
    private static func isAnchor(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first), first != UInt8(ascii: "-"),
            first != UInt8(ascii: ".")
        else { return false }
        return name.utf8.allSatisfy { ASCIISet.unreserved.contains($0) && $0 != UInt8(ascii: "~") }
    }

    /// What stands at a pointer below a resource, and the resource that it belongs to; nil where nothing is there.
    func find(_ pointer: String, in resource: Int) -> (node: JSONNode, location: Location, resource: Int)? {
        var location = self.resources[resource].location
        guard var node = self.node(at: location) else { return nil }
        var inner = resource
        for token in JSONPointer.tokens(of: pointer) {
            switch node {
            case .object(let members):
                guard let member = members[ExactText(token)] else { return nil }
                node = member
            case .array(let items):
                guard let index = Int(token), items.indices.contains(index), String(index) == token else { return nil }
                node = items[index]
            default: return nil
            }
            location.pointer += JSONPointer.text(of: [token])
            if let own = self.resourcesByLocation[location] { inner = own }
        }
        return (node, location, inner)
    }

    func node(at location: Location) -> JSONNode? {
        var node = self.documents[location.document]
        for token in JSONPointer.tokens(of: location.pointer) {
            switch node {
            case .object(let members):
                guard let member = members[ExactText(token)] else { return nil }
                node = member
            case .array(let items):
                guard let index = Int(token), items.indices.contains(index) else { return nil }
                node = items[index]
            default: return nil
            }
        }
        return node
    }
}
