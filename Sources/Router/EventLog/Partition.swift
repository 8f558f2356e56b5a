/// The number of an ordered shard of a topic, from 0.
public struct Partition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int32
    public init(_ value: Int32) { self.value = value }
    public var description: String { String(self.value) }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.value < rhs.value }
}
