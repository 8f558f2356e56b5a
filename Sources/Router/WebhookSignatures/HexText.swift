/// Hexadecimal, in either case.
enum HexText {
    /// The bytes; nil where the text is anything else.
    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 2)
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = self.byte(rest.prefix(2)) else { return nil }
            result.append(byte)
            rest = rest.dropFirst(2)
        }
        return result
    }

    /// The byte of two digits.
    static func byte(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var result: UInt8 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46, 0x61...0x66: value = (digit | 0x20) - 0x61 + 10
            default: return nil
            }
            result = result << 4 | value
        }
        return result
    }
}
