/// The offsets that a partition holds: `start` is the first that may be there, `end` the one that the next append gets.
public struct OffsetBounds: Sendable, Hashable {
    public var start: Offset
    public var end: Offset

    public init(start: Offset, end: Offset) {
        self.start = start
        self.end = end
    }
}
