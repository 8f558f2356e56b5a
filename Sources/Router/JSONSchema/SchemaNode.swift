/// One schema of a compiled document: its keywords, and the indexes of the schemas in it.
struct SchemaNode: Sendable {
    struct Types: OptionSet, Sendable {
        let rawValue: UInt8
        static let null = Types(rawValue: 1)
        static let boolean = Types(rawValue: 2)
        static let object = Types(rawValue: 4)
        static let array = Types(rawValue: 8)
        static let number = Types(rawValue: 16)
        static let string = Types(rawValue: 32)
        static let integer = Types(rawValue: 64)

        static let names: [(name: String, type: Types)] = [
            ("null", .null), ("boolean", .boolean), ("object", .object), ("array", .array), ("number", .number),
            ("string", .string), ("integer", .integer),
        ]
    }

    struct DynamicReference: Sendable {
        /// Where it leads without a dynamic scope.
        var initial: Int
        /// The anchor that outer resources may have too; nil: it is an ordinary reference.
        var anchor: String?
    }

    /// A schema that is `true` or `false`.
    var always: Bool?
    /// Index of the schema resource that it belongs to.
    var resource = 0
    /// Where it stands in its document, as a JSON Pointer.
    var location = ""

    var types: Types?
    var constant: JSONNode?
    var enumeration: Set<JSONNode>?

    var multipleOf: DecimalNumber?
    var maximum: DecimalNumber?
    var exclusiveMaximum: DecimalNumber?
    var minimum: DecimalNumber?
    var exclusiveMinimum: DecimalNumber?

    var maxLength: Int?
    var minLength: Int?
    var pattern: (text: String, pattern: SchemaPattern)?
    var format: SchemaFormat.Use?

    var maxItems: Int?
    var minItems: Int?
    var uniqueItems = false
    var maxContains: Int?
    var minContains: Int?
    var prefixItems: [Int] = []
    var items: Int?
    var contains: Int?
    var unevaluatedItems: Int?

    var maxProperties: Int?
    var minProperties: Int?
    var required: [ExactText] = []
    var dependentRequired: [(name: ExactText, required: [ExactText])] = []
    var properties: [ExactText: Int] = [:]
    var patternProperties: [(text: ExactText, pattern: SchemaPattern, schema: Int)] = []
    var additionalProperties: Int?
    var propertyNames: Int?
    var dependentSchemas: [(name: ExactText, schema: Int)] = []
    var unevaluatedProperties: Int?

    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?
    var condition: Int?
    var then: Int?
    var otherwise: Int?

    var reference: Int?
    var dynamicReference: DynamicReference?
}
