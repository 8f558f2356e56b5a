/// The `Integer` of the CloudEvents type system: -2,147,483,648 to 2,147,483,647.
enum AttributeInteger {
    /// The canonical text of an integer that follows JSON's grammar, `-0` as `0`; nil where it is out of range or no
    /// integer.
    static func canonical(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? UnsafeRawBufferPointer(rebasing: text[1...]) : text
        guard let first = digits.first, digits.count <= 10, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        let magnitude = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        guard magnitude <= (isNegative ? 2_147_483_648 : 2_147_483_647) else { return nil }
        return magnitude == 0 ? digits : text
    }

    /// Whether the text is the canonical one of a value of that kind.
    static func isCanonical(_ text: UnsafeRawBufferPointer, _ kind: AttributeKind) -> Bool {
        switch kind {
        case .string: true
        case .boolean: text.isEqual(to: "true") || text.isEqual(to: "false")
        case .integer: self.canonical(text)?.count == text.count
        }
    }
}
