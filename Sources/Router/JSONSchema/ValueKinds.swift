/// Kinds of JSON values, none of which is a part of another: numbers are whole or not.
struct ValueKinds: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let null = Self(rawValue: 1)
    static let boolean = Self(rawValue: 2)
    static let object = Self(rawValue: 4)
    static let array = Self(rawValue: 8)
    static let string = Self(rawValue: 16)
    static let integer = Self(rawValue: 32)
    static let fraction = Self(rawValue: 64)
    static let all = Self(rawValue: 127)

    static let names: [(kind: ValueKinds, name: String)] = [
        (.null, "null"), (.boolean, "boolean"), (.object, "object"), (.array, "array"), (.string, "string"),
        (.integer, "integer"), (.fraction, "number"),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ types: SchemaNode.Types) {
        var kinds: ValueKinds = []
        if types.contains(.null) { kinds.insert(.null) }
        if types.contains(.boolean) { kinds.insert(.boolean) }
        if types.contains(.object) { kinds.insert(.object) }
        if types.contains(.array) { kinds.insert(.array) }
        if types.contains(.string) { kinds.insert(.string) }
        if types.contains(.integer) { kinds.insert(.integer) }
        if types.contains(.number) { kinds.formUnion([.integer, .fraction]) }
        self = kinds
    }

    init(of value: JSONNode) {
        switch value {
        case .null: self = .null
        case .boolean: self = .boolean
        case .number(let number): self = number.isInteger ? .integer : .fraction
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    /// Each of them alone.
    var single: [ValueKinds] { Self.names.map(\.kind).filter { self.contains($0) } }

    var name: String { Self.names.filter { self.contains($0.kind) }.map(\.name).joined(separator: " or ") }
}
