/// Which keywords have schemas in them.
enum SchemaKeyword {
    static let single = [
        "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames", "then",
        "unevaluatedItems", "unevaluatedProperties",
    ]
    static let lists = ["allOf", "anyOf", "oneOf", "prefixItems"]
    static let maps = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]

    /// Schemas right inside of one, and how a JSON Pointer leads to them.
    static func subschemas(of members: [ExactText: JSONNode]) -> [(tokens: [String], schema: JSONNode)] {
        var all: [(tokens: [String], schema: JSONNode)] = []
        for keyword in self.single {
            if let schema = members[ExactText(keyword)] { all.append(([keyword], schema)) }
        }
        for keyword in self.lists {
            guard case .array(let items) = members[ExactText(keyword)] else { continue }
            for (index, schema) in items.enumerated() { all.append(([keyword, String(index)], schema)) }
        }
        for keyword in self.maps {
            guard case .object(let inner) = members[ExactText(keyword)] else { continue }
            for (name, schema) in inner { all.append(([keyword, name.text], schema)) }
        }
        return all
    }
}
