/// The `String` of the CloudEvents type system: UTF-8 without control characters (U+0000–001F, U+007F–009F),
/// noncharacters and surrogates.
enum AttributeText {
    /// The offset of the first byte that may not stand in an attribute value; nil where all may.
    static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index < bytes.count {
            if bytes.count - index >= 8 {
                let word = ByteWord(bytes, at: index)
                let marks = word.nonASCII | word.controls | word.equal(to: 0x7f)
                guard marks != 0 else {
                    index += 8
                    continue
                }
                index += ByteWord.firstIndex(in: marks)
            }
            let byte = bytes[index]
            if byte < 0x80 {
                guard byte >= 0x20, byte != 0x7f else { return index }
                index += 1
            } else {
                guard let sequence = UTF8Sequence(bytes, at: index), self.isAllowed(sequence.scalar) else {
                    return index
                }
                index += sequence.length
            }
        }
        return nil
    }

    /// Whether a scalar of U+0080 and above is neither a C1 control nor a noncharacter.
    private static func isAllowed(_ scalar: UInt32) -> Bool {
        scalar > 0x9f && !(0xfdd0...0xfdef).contains(scalar) && scalar & 0xfffe != 0xfffe
    }
}

extension AttributeText {
    /// Why a byte at which ``firstFault(in:)`` stopped may not stand there.
    static func reason(forByte byte: UInt8) -> String {
        byte < 0x80
            ? "must not contain control characters"
            : "must be UTF-8 without control characters, noncharacters and surrogates"
    }
}
