/// SipHash-2-4 with 128 bits: hashes that nobody can foresee without the key, and of which no two are equal by chance.
struct SipHash128: Sendable {
    private let (key0, key1): (UInt64, UInt64)

    init(key0: UInt64, key1: UInt64) { (self.key0, self.key1) = (key0, key1) }

    func hash(_ bytes: UnsafeRawBufferPointer) -> IndexHash {
        var state = State(key0: self.key0, key1: self.key1)
        var cursor = 0
        while cursor + 8 <= bytes.count {
            state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)))
            cursor += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        var shift: UInt64 = 0
        while cursor < bytes.count {
            last |= UInt64(bytes[cursor]) << shift
            cursor += 1
            shift += 8
        }
        state.absorb(last)
        return state.finish()
    }

    private struct State {
        private var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)

        @inline(__always)
        init(key0: UInt64, key1: UInt64) {
            self.v0 = key0 ^ 0x736F_6D65_7073_6575
            self.v1 = key1 ^ 0x646F_7261_6E64_6F6D ^ 0xEE
            self.v2 = key0 ^ 0x6C79_6765_6E65_7261
            self.v3 = key1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64) {
            self.v3 ^= word
            self.round()
            self.round()
            self.v0 ^= word
        }

        @inline(__always)
        mutating func finish() -> IndexHash {
            self.v2 ^= 0xEE
            for _ in 0..<4 { self.round() }
            let first = self.v0 ^ self.v1 ^ self.v2 ^ self.v3
            self.v1 ^= 0xDD
            for _ in 0..<4 { self.round() }
            return IndexHash(first: first, second: self.v0 ^ self.v1 ^ self.v2 ^ self.v3)
        }

        @inline(__always)
        private mutating func round() {
            self.v0 &+= self.v1
            self.v1 = self.v1 << 13 | self.v1 >> 51
            self.v1 ^= self.v0
            self.v0 = self.v0 << 32 | self.v0 >> 32
            self.v2 &+= self.v3
            self.v3 = self.v3 << 16 | self.v3 >> 48
            self.v3 ^= self.v2
            self.v0 &+= self.v3
            self.v3 = self.v3 << 21 | self.v3 >> 43
            self.v3 ^= self.v0
            self.v2 &+= self.v1
            self.v1 = self.v1 << 17 | self.v1 >> 47
            self.v1 ^= self.v2
            self.v2 = self.v2 << 32 | self.v2 >> 32
        }
    }
}
