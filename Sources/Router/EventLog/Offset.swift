/// A place in a partition, from 0; grows by append. Compaction leaves gaps.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int64
    public init(_ value: Int64) { self.value = value }
    /// The place after this one.
    public var next: Offset { Offset(self.value + 1) }
    /// Where every partition begins, and the end of an empty one.
    public static let zero = Offset(0)
    public var description: String { String(self.value) }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.value < rhs.value }
}
