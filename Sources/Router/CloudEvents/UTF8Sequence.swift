/// One multi-byte UTF-8 sequence, strictly checked (RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF).
struct UTF8Sequence {
    /// The Unicode scalar, U+0080 or above.
    let scalar: UInt32
    /// 2...4 bytes.
    let length: Int

    /// The sequence at `index`; nil where it is malformed, cut off, or ASCII.
    init?(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        let lead = bytes[index]
        let length: Int
        let smallest: UInt32
        var scalar: UInt32
        switch lead {
        case 0xc2...0xdf: (length, smallest, scalar) = (2, 0x80, UInt32(lead & 0x1f))
        case 0xe0...0xef: (length, smallest, scalar) = (3, 0x800, UInt32(lead & 0x0f))
        case 0xf0...0xf4: (length, smallest, scalar) = (4, 0x1_0000, UInt32(lead & 0x07))
        default: return nil
        }
        guard bytes.count - index >= length else { return nil }
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xc0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3f)
        }
        guard scalar >= smallest, scalar <= 0x10_ffff, !(0xd800...0xdfff).contains(scalar) else { return nil }
        self.scalar = scalar
        self.length = length
    }

    /// Whether all bytes are well-formed UTF-8, ASCII included.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes.count - index >= 8 {
                let marks = ByteWord(bytes, at: index).nonASCII
                guard marks != 0 else {
                    index += 8
                    continue
                }
                index += ByteWord.firstIndex(in: marks)
            }
            if bytes[index] < 0x80 {
                index += 1
            } else {
                guard let sequence = UTF8Sequence(bytes, at: index) else { return false }
                index += sequence.length
            }
        }
        return true
    }
}
