/// One value of one record.
struct IndexEntry: Sendable, Hashable, Comparable {
    var hash: IndexHash
    var offset: Int64
    /// The record's, in milliseconds.
    var timestamp: Int64

    /// What an entry takes in the file: the hash, the place in its run, and the time.
    static let bytes = 26
    /// How far apart the offsets of one run may lie.
    static let spanMax: Int64 = 65_536

    @inline(__always)
    static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.hash != rhs.hash ? lhs.hash < rhs.hash : lhs.offset < rhs.offset
    }

    /// Writes the entry of a run that begins at `first`.
    @inline(__always)
    func write(to bytes: inout [UInt8], from first: Int64) {
        withUnsafeBytes(of: self.hash.first.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: self.hash.second.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt16(truncatingIfNeeded: self.offset - first).littleEndian) {
            bytes.append(contentsOf: $0)
        }
        withUnsafeBytes(of: self.timestamp.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Reads the entry that begins at `cursor`; the caller has checked that there are so many bytes.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at cursor: Int, from first: Int64) {
        self.hash = IndexHash(
            first: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)),
            second: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor + 8, as: UInt64.self)))
        self.offset =
            first + Int64(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor + 16, as: UInt16.self)))
        self.timestamp = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor + 18, as: Int64.self))
    }

    init(hash: IndexHash, offset: Int64, timestamp: Int64) {
        self.hash = hash
        self.offset = offset
        self.timestamp = timestamp
    }
}
