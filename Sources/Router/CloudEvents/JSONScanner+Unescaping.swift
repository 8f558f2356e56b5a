import NIOCore

extension JSONScanner {
    /// The text that a string stands for, UTF-8.
    /// - Throws: `malformedJSON` where an escape names half of a surrogate pair: no text has such a character.
    package func unescape(_ token: StringToken) throws(CloudEventError) -> ByteBuffer {
        var text = ByteBuffer()
        text.reserveCapacity(token.range.count)
        var index = token.range.lowerBound
        var runStart = index
        while index < token.range.upperBound {
            guard self.bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            text.writeBytes(self.slice(runStart..<index))
            index = try self.unescapeOne(at: index, into: &text)
            runStart = index
        }
        text.writeBytes(self.slice(runStart..<index))
        return text
    }

    /// Writes the character of the escape at `index`, and gives the index behind it. The escape is well-formed.
    private func unescapeOne(at index: Int, into text: inout ByteBuffer) throws(CloudEventError) -> Int {
        switch self.bytes[index + 1] {
        case UInt8(ascii: "b"): text.writeInteger(0x08 as UInt8)
        case UInt8(ascii: "f"): text.writeInteger(0x0c as UInt8)
        case UInt8(ascii: "n"): text.writeInteger(0x0a as UInt8)
        case UInt8(ascii: "r"): text.writeInteger(0x0d as UInt8)
        case UInt8(ascii: "t"): text.writeInteger(0x09 as UInt8)
        case UInt8(ascii: "u"): return try self.unescapeUnicode(at: index, into: &text)
        case let byte: text.writeInteger(byte)
        }
        return index + 2
    }

    private func unescapeUnicode(at index: Int, into text: inout ByteBuffer) throws(CloudEventError) -> Int {
        let unit = self.codeUnit(at: index + 2)
        if let scalar = Unicode.Scalar(unit) {
            text.writeString(String(Character(scalar)))
            return index + 6
        }
        let hasPair =
            unit < 0xdc00 && index + 12 <= self.bytes.count && self.bytes[index + 6] == UInt8(ascii: "\\")
            && self.bytes[index + 7] == UInt8(ascii: "u")
        let second = hasPair ? self.codeUnit(at: index + 8) : 0
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xd800) << 10 + (second - 0xdc00))
        else {
            throw CloudEventError(
                .malformedJSON, reason: "an escape names half of a surrogate pair", byteOffset: index)
        }
        text.writeString(String(Character(scalar)))
        return index + 12
    }

    /// The value of four hexadecimal digits.
    private func codeUnit(at index: Int) -> UInt32 {
        (index..<(index + 4)).reduce(0) { $0 << 4 | UInt32(self.bytes[$1].hexValue ?? 0) }
    }
}
