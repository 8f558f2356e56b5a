import NIOCore

extension ByteBuffer {
    /// Writes a JSON string (RFC 8259, section 7), quotes included.
    public mutating func writeJSONString(_ text: String) {
        var text = text
        text.withUTF8 { self.writeJSONString(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Writes UTF-8 bytes as a JSON string (RFC 8259, section 7), quotes included. The caller has checked that they are
    /// UTF-8.
    public mutating func writeJSONString(utf8 bytes: UnsafeRawBufferPointer) {
        self.writeInteger(UInt8(ascii: "\""))
        var runStart = 0
        for index in bytes.indices where Self.needsEscape(bytes[index]) {
            self.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<index]))
            self.writeEscape(bytes[index])
            runStart = index + 1
        }
        self.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart...]))
        self.writeInteger(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): self.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): self.writeStaticString("\\\\")
        case UInt8(ascii: "\n"): self.writeStaticString("\\n")
        case UInt8(ascii: "\r"): self.writeStaticString("\\r")
        case UInt8(ascii: "\t"): self.writeStaticString("\\t")
        default:
            self.writeStaticString("\\u00")
            self.writeInteger(Self.hexadecimalDigit(byte >> 4))
            self.writeInteger(Self.hexadecimalDigit(byte & 0x0f))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
