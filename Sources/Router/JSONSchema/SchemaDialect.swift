/// Which vocabularies a schema is written in (JSON Schema Core 2020-12, section 8.1).
struct SchemaDialect: Sendable, Hashable {
    static let address = "https://json-schema.org/draft/2020-12/schema"
    private static let vocabularies = "https://json-schema.org/draft/2020-12/vocab/"

    var validates = true
    var applies = true
    /// Whether `format` is asserted: it says so itself.
    var assertsFormats = false

    /// - Parameters:
    ///   - schema: what `$schema` says; nil: the dialect of the resource around, or 2020-12.
    init(
        _ schema: JSONNode?, outer: SchemaDialect?, _ library: SchemaLibrary, at pointer: String
    ) throws(SchemaFault) {
        guard let schema else {
            self = outer ?? SchemaDialect()
            return
        }
        guard let name = schema.text else {
            throw SchemaFault(pointer: pointer + "/$schema", reason: "must be a string")
        }
        let address = URIText(name).withoutFragment
        guard address != Self.address else { return }
        guard let document = library.documents[address] else {
            throw SchemaFault(
                pointer: pointer + "/$schema",
                reason: "'\(name)' is not known: write schemas of 2020-12, '\(Self.address)'")
        }
        guard case .object(let vocabularies) = document["$vocabulary"] else { return }
        let known = [
            "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation",
            "format-assertion", "content",
        ]
        for (vocabulary, isRequired) in vocabularies where isRequired == .boolean(true) {
            guard known.contains(where: { Self.vocabularies + $0 == vocabulary.text }) else {
                throw SchemaFault(pointer: pointer + "/$schema", reason: "needs the vocabulary '\(vocabulary)'")
            }
        }
        self.validates = vocabularies[ExactText(Self.vocabularies + "validation")] != nil
        self.applies = vocabularies[ExactText(Self.vocabularies + "applicator")] != nil
        self.assertsFormats = vocabularies[ExactText(Self.vocabularies + "format-assertion")] != nil
    }

    private init() {}
}
