/// A part of a list.
public struct Page<Item: Sendable>: Sendable {
    public var items: [Item]
    /// What to ask with for the next part; nil on the last.
    public var nextCursor: String?

    public init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}
