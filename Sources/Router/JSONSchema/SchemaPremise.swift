/// What is known of a value: it fits all of these schemas, and is of one of these kinds.
struct SchemaPremise: Hashable {
    /// One of the choices in a schema: which `anyOf`, `oneOf` or `if` was decided already.
    struct Choice: Hashable, Comparable {
        var schema: Int
        var keyword: UInt8

        static func < (left: Self, right: Self) -> Bool {
            (left.schema, left.keyword) < (right.schema, right.keyword)
        }
    }

    /// Indexes, in order, each once.
    private(set) var schemas: [Int]
    var kinds = ValueKinds.all
    /// In order, each once.
    private(set) var decided: [Choice] = []

    init(_ schemas: [Int], kinds: ValueKinds = .all) {
        self.schemas = Set(schemas).sorted()
        self.kinds = kinds
    }

    func adding(_ schemas: [Int], decided choice: Choice? = nil) -> SchemaPremise {
        var copy = self
        copy.schemas = Set(self.schemas + schemas).sorted()
        if let choice { copy.decided = Set(self.decided + [choice]).sorted() }
        return copy
    }

    func restricted(to kinds: ValueKinds) -> SchemaPremise {
        var copy = self
        copy.kinds.formIntersection(kinds)
        return copy
    }
}
