/// Documents that schemas may refer to by their addresses. Nothing is ever fetched.
public struct SchemaLibrary: Sendable {
    private(set) var documents: [String: JSONNode] = [:]

    /// With the meta-schemas of JSON Schema 2020-12 in it.
    public init() {
        for text in MetaSchema.documents {
            guard let document = try? JSONNode(text), let id = document["$id"]?.text else { continue }
            self.documents[id] = document
        }
    }

    /// Adds a document under an absolute address without a fragment. One that is there already is replaced.
    public mutating func add(_ document: JSONNode, at address: String) {
        self.documents[URIText(address).withoutFragment] = document
    }
}
