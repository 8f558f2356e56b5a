import CloudEvents

/// The 128-bit FNV-1a hash: the same bytes mean the same name, in every process.
public struct FNV1a128 {
    private var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    private mutating func mix(_ byte: UInt8) {
        self.value = (self.value ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }

    /// Of some bytes.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
        var hash = Self()
        bytes.forEach { hash.mix($0) }
        return hash.value
    }

    /// Over sources and ids in their order.
    public static func hash(identitiesOf events: [CloudEvent]) -> UInt128 {
        var hash = Self()
        for event in events {
            for name: StaticString in ["source", "id"] {
                _ = event.attributes.withValue(of: name) { _, value in value.forEach { hash.mix($0) } }
                // No UTF-8 has this byte: it keeps parts from running into each other.
                hash.mix(0xff)
            }
        }
        return hash.value
    }
}
