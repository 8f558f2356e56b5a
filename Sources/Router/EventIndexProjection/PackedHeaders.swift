/// A walk over the packed headers of a stored record, without a copy. Ends early where the lengths do not add up.
package struct PackedHeaders {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var cursor = 0

    /// The bytes must stay where they are during the walk.
    @inlinable
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    @inlinable @inline(__always)
    package mutating func next() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        let nameStart = self.cursor + 2
        guard nameStart <= self.bytes.count else { return nil }
        let nameCount = UInt16(bigEndian: self.bytes.loadUnaligned(fromByteOffset: self.cursor, as: UInt16.self))
        let nameEnd = nameStart + Int(nameCount)
        guard nameEnd + 4 <= self.bytes.count else { return nil }
        let valueCount = UInt32(bigEndian: self.bytes.loadUnaligned(fromByteOffset: nameEnd, as: UInt32.self))
        let valueStart = nameEnd + 4
        let valueEnd = valueStart + Int(valueCount)
        guard valueEnd <= self.bytes.count else { return nil }
        self.cursor = valueEnd
        return (
            UnsafeRawBufferPointer(rebasing: self.bytes[nameStart..<nameEnd]),
            UnsafeRawBufferPointer(rebasing: self.bytes[valueStart..<valueEnd])
        )
    }
}

extension UnsafeRawBufferPointer {
    @inlinable @inline(__always)
    package func isEqual(to bytes: [UInt8]) -> Bool {
        self.count == bytes.count && bytes.withUnsafeBytes { self.elementsEqual($0) }
    }
}
