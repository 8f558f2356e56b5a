import NIOCore

/// Base64 (RFC 4648, section 4), strict: the standard alphabet, full padding, no line breaks, no stray bits.
enum Base64 {
    /// The decoded bytes; nil where the text is not exact base64.
    static func decode(_ text: UnsafeRawBufferPointer) -> ByteBuffer? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var decoded = ByteBuffer()
        guard text.count > 0 else { return decoded }
        var isValid = true
        decoded.writeWithUnsafeMutableBytes(minimumWritableBytes: text.count / 4 * 3) { target in
            var written = 0
            for quad in 0..<(text.count / 4) {
                let start = quad * 4
                let isLast = start + 4 == text.count
                let padding = isLast ? self.padding(text) : 0
                var bits: UInt32 = 0
                for index in start..<(start + 4 - padding) {
                    let value = self.value(of: text[index])
                    guard value < 64 else {
                        isValid = false
                        return 0
                    }
                    bits |= UInt32(value) << UInt32(18 - 6 * (index - start))
                }
                target[written] = UInt8(truncatingIfNeeded: bits >> 16)
                if padding < 2 { target[written + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
                if padding < 1 { target[written + 2] = UInt8(truncatingIfNeeded: bits) }
                let unused: UInt32 = padding == 2 ? 0xffff : (padding == 1 ? 0xff : 0)
                if bits & unused != 0 { isValid = false }
                written += 3 - padding
            }
            return written
        }
        return isValid ? decoded : nil
    }

    /// Appends the text of `bytes`.
    static func encode(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let length = (bytes.count + 2) / 3 * 4
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
            let letters = alphabet.utf8Start
            var written = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let left = bytes.count - start
                var bits = UInt32(bytes[start]) << 16
                if left > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
                if left > 2 { bits |= UInt32(bytes[start + 2]) }
                target[written] = letters[Int(bits >> 18)]
                target[written + 1] = letters[Int(bits >> 12 & 63)]
                target[written + 2] = left > 1 ? letters[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
                target[written + 3] = left > 2 ? letters[Int(bits & 63)] : UInt8(ascii: "=")
                written += 4
            }
            return written
        }
    }

    private static func padding(_ text: UnsafeRawBufferPointer) -> Int {
        guard text[text.count - 1] == UInt8(ascii: "=") else { return 0 }
        return text[text.count - 2] == UInt8(ascii: "=") ? 2 : 1
    }

    /// 0...63, or 64 for a byte outside the alphabet.
    @inline(__always)
    private static func value(of byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 64
        }
    }
}
