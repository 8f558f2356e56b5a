/// Eight bytes looked at together. Each test marks matching bytes with their top bit; the lowest mark is exact (a mark
/// above another one may be a borrow), which is all that finding the first match needs.
struct ByteWord {
    private let word: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The eight bytes at `offset`, the first of them lowest.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        self.word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Bytes outside ASCII.
    @inline(__always) var nonASCII: UInt64 { self.word & Self.tops }

    /// Bytes below U+0020.
    @inline(__always) var controls: UInt64 { (self.word &- (Self.ones &* 0x20)) & ~self.word & Self.tops }

    /// Bytes equal to `byte`, an ASCII character.
    @inline(__always)
    func equal(to byte: UInt8) -> UInt64 {
        let difference = self.word ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.tops
    }

    /// The index (0...7) of the first mark.
    @inline(__always)
    static func firstIndex(in marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}
