/// Comparisons of byte ranges, a word at a time.
extension UnsafeRawBufferPointer {
    @inline(__always)
    func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        self.count == other.count && Self.areEqual(self, other, count: self.count)
    }

    @inline(__always)
    func hasBytePrefix(_ prefix: UnsafeRawBufferPointer) -> Bool {
        self.count >= prefix.count && Self.areEqual(self, prefix, count: prefix.count)
    }

    @inline(__always)
    func hasByteSuffix(_ suffix: UnsafeRawBufferPointer) -> Bool {
        guard self.count >= suffix.count else { return false }
        return Self.areEqual(
            UnsafeRawBufferPointer(rebasing: self[(self.count - suffix.count)...]), suffix, count: suffix.count)
    }

    /// - Parameter work: Taken down by the bytes looked at; the search is given up below zero.
    func containsBytes(_ needle: UnsafeRawBufferPointer, work: inout Int) -> Bool {
        guard let first = needle.first else { return true }
        guard self.count >= needle.count else { return false }
        work -= self.count
        for start in 0...(self.count - needle.count) where self[start] == first {
            work -= needle.count
            guard work >= 0 else { return false }
            let window = UnsafeRawBufferPointer(rebasing: self[start..<(start + needle.count)])
            if Self.areEqual(window, needle, count: needle.count) { return true }
        }
        return false
    }

    /// Whether the first `count` bytes are the same; both have that many.
    @inline(__always)
    private static func areEqual(
        _ lhs: UnsafeRawBufferPointer, _ rhs: UnsafeRawBufferPointer, count: Int
    ) -> Bool {
        var index = 0
        while index + 8 <= count {
            if lhs.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                != rhs.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            {
                return false
            }
            index += 8
        }
        while index < count {
            if lhs[index] != rhs[index] { return false }
            index += 1
        }
        return true
    }
}
