import NIOCore

/// Chooses the partition of a keyed record as Kafka's Java producer does, so that both logs and every client agree.
public enum Partitioner {
    private static let seed: UInt32 = 0x9747_b28c
    private static let multiplier: UInt32 = 0x5bd1_e995

    /// Murmur2 of the bytes with Kafka's seed (`org.apache.kafka.common.utils.Utils.murmur2`).
    public static func murmur2(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var hash = self.seed ^ UInt32(truncatingIfNeeded: bytes.count)
        let wholeWords = bytes.count & ~3
        var cursor = 0
        while cursor < wholeWords {
            var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt32.self))
            word = word &* self.multiplier
            word ^= word >> 24
            word = word &* self.multiplier
            hash = (hash &* self.multiplier) ^ word
            cursor += 4
        }
        if cursor < bytes.count {
            var shift: UInt32 = 0
            while cursor < bytes.count {
                hash ^= UInt32(bytes[cursor]) << shift
                shift += 8
                cursor += 1
            }
            hash = hash &* self.multiplier
        }
        hash ^= hash >> 13
        hash = hash &* self.multiplier
        hash ^= hash >> 15
        return Int32(bitPattern: hash)
    }

    /// The partition of a key among `partitions` (at least 1): the hash without its sign bit, modulo.
    public static func partition(forKey key: ByteBuffer, partitions: Int) -> Partition {
        precondition(partitions > 0, "a topic has at least one partition")
        let hash = key.withUnsafeReadableBytes { self.murmur2($0) }
        return Partition(Int32(Int(hash & 0x7fff_ffff) % partitions))
    }
}
