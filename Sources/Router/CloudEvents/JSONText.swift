import NIOCore

/// Writes JSON strings.
package enum JSONText {
    /// Appends a quoted string.
    package static func write(_ text: String, to buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { self.writeString(UnsafeRawBufferPointer($0), into: &buffer) }
    }

    /// Appends a quoted string. Bytes that are no UTF-8 are replaced, so that the output is JSON whatever comes in.
    static func writeString(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        guard UTF8Sequence.isValid(bytes) else {
            let repaired = ByteBuffer(string: String(decoding: bytes, as: UTF8.self))
            return repaired.withUnsafeReadableBytes { self.writeString($0, into: &buffer) }
        }
        buffer.writeStaticString("\"")
        var runStart = 0
        while runStart < bytes.count {
            let runEnd = self.plainEnd(bytes, from: runStart)
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd]))
            guard runEnd < bytes.count else { break }
            self.writeEscape(of: bytes[runEnd], into: &buffer)
            runStart = runEnd + 1
        }
        buffer.writeStaticString("\"")
    }

    /// The index of the first byte that must be escaped.
    private static func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let word = ByteWord(bytes, at: index)
            let marks = word.controls | word.equal(to: UInt8(ascii: "\"")) | word.equal(to: UInt8(ascii: "\\"))
            guard marks == 0 else { return index + ByteWord.firstIndex(in: marks) }
            index += 8
        }
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\")
        { index += 1 }
        return index
    }

    private static func writeEscape(of byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x08: buffer.writeStaticString("\\b")
        case 0x09: buffer.writeStaticString("\\t")
        case 0x0a: buffer.writeStaticString("\\n")
        case 0x0c: buffer.writeStaticString("\\f")
        case 0x0d: buffer.writeStaticString("\\r")
        default:
            buffer.writeStaticString("\\u00")
            for nibble in [byte >> 4, byte & 0x0f] {
                buffer.writeInteger(nibble < 10 ? nibble + 0x30 : nibble - 10 + UInt8(ascii: "a"))
            }
        }
    }
}
