/// Hashes a header and its tenant for the index: the same for the life of a file, and not to be foreseen from outside.
struct HeaderHash: Sendable {
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    private let start: UInt64

    /// - Parameters:
    ///   - name: the header's; other names give other hashes of the same value.
    ///   - seed: the file's.
    init(name: [UInt8], seed: UInt64) {
        self.start = name.withUnsafeBytes { Self.mix(seed ^ Self.multiplier, $0) }
    }

    func hash(_ value: UnsafeRawBufferPointer, tenant: UnsafeRawBufferPointer) -> Int32 {
        let hash = Self.mix(Self.mix(self.start, tenant), value)
        return Int32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    /// Takes in the count first, so that two texts never pass for one.
    private static func mix(_ state: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = self.fold(state ^ UInt64(bytes.count))
        var cursor = 0
        while cursor + 8 <= bytes.count {
            state = self.fold(
                state ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)))
            cursor += 8
        }
        var rest: UInt64 = 0
        while cursor < bytes.count {
            rest = rest << 8 | UInt64(bytes[cursor])
            cursor += 1
        }
        return self.fold(state ^ rest)
    }

    @inline(__always)
    private static func fold(_ word: UInt64) -> UInt64 {
        let product = (word ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: self.multiplier)
        return product.high ^ product.low
    }
}
