/// The name under which positions are committed.
public struct ConsumerGroup: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { self.name }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.name < rhs.name }
}
