/// Why bytes or headers are no valid CloudEvent: which attribute, what is wrong, and where.
public struct CloudEventError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault; stable names that end up in problem documents.
    public struct Code: Sendable, Hashable {
        /// The name, lower-case with hyphens; stable once published.
        public let name: String
        /// A code of that name.
        public init(name: String) { self.name = name }
        /// The text is not the JSON it should be (RFC 8259), or not UTF-8.
        public static let malformedJSON = Self(name: "malformed-json")
        /// A required attribute is absent or empty.
        public static let missingAttribute = Self(name: "missing-attribute")
        /// An attribute's value does not have the form its type asks for.
        public static let invalidAttributeValue = Self(name: "invalid-attribute-value")
        /// An attribute's name is not `[a-z0-9]{1,…}`, or is reserved.
        public static let invalidAttributeName = Self(name: "invalid-attribute-name")
        /// The same attribute came twice.
        public static let duplicateAttribute = Self(name: "duplicate-attribute")
        /// `specversion` is none that this decoder knows.
        public static let unsupportedSpecVersion = Self(name: "unsupported-specversion")
        /// The media type names no mode of the binding.
        public static let unsupportedMediaType = Self(name: "unsupported-media-type")
        /// `data` or `data_base64` is not what the format asks for.
        public static let invalidData = Self(name: "invalid-data")
        /// More attributes, longer names, longer values or more events than the limits allow.
        public static let limitExceeded = Self(name: "limit-exceeded")
        /// The data are not what the schema of the event's type asks for.
        public static let schemaViolation = Self(name: "schema-violation")
    }

    /// One place in the data that is wrong.
    public struct DataFault: Sendable, Hashable {
        /// In the data, as a JSON Pointer (RFC 6901).
        public var pointer: String
        public var detail: String

        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    /// The kind of fault.
    public var code: Code
    /// The attribute (or member) at fault, where one is.
    public var attribute: String?
    /// One sentence: what is wrong and what would be right.
    public var reason: String
    /// Byte offset in the document, where there is one.
    public var byteOffset: Int?
    /// Index of the event in its batch, where there is one.
    public var index: Int?

    /// Whether what is exceeded is ``CloudEventLimits/eventBytesMax``.
    public var isOverEventBytes = false
    /// Everything that is wrong with the data, where they were judged by a schema.
    public var dataFaults: [DataFault] = []

    /// An error of that kind, with what is known of its place.
    public init(_ code: Code, attribute: String? = nil, reason: String, byteOffset: Int? = nil, index: Int? = nil) {
        self.code = code
        self.attribute = attribute
        self.reason = reason
        self.byteOffset = byteOffset
        self.index = index
    }

    /// The sentence with the event, the attribute and the place before and behind it.
    public var description: String {
        var text = self.index.map { "event \($0): " } ?? ""
        if let attribute { text += "\(attribute): " }
        text += self.reason
        if let byteOffset { text += " (at byte \(byteOffset))" }
        return text
    }
}
