/// Milliseconds since the Unix epoch, UTC: the resolution of Kafka's record timestamps. Records have 1 or later:
/// Kafka's clients take 0 for now.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }
}
