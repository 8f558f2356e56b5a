/// As a part of documents. Numbers keep their value, members their names; they are in the order of their names.
extension JSONTree: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { self.stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads a value.
    /// - Throws: `DecodingError` where it is none.
    public init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            let names = members.allKeys.map(\.stringValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            self = .object(
                try names.map { Member(name: $0, value: try members.decode(JSONTree.self, forKey: Name($0))) })
            return
        }
        if var elements = try? decoder.unkeyedContainer() {
            var values: [JSONTree] = []
            while !elements.isAtEnd { values.append(try elements.decode(JSONTree.self)) }
            self = .array(values)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let boolean = try? value.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(String(number))
        } else if let number = try? value.decode(Double.self) {
            self = .number(number.description)
        } else {
            self = .string(try value.decode(String.self))
        }
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for member in members { try container.encode(member.value, forKey: Name(member.name)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .boolean(let value): try container.encode(value)
            case .number(let text):
                if let number = Int64(text) {
                    try container.encode(number)
                } else {
                    try container.encode(Double(text) ?? 0)
                }
            case .string(let text): try container.encode(text)
            default: try container.encodeNil()
            }
        }
    }
}
