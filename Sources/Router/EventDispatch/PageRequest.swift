/// Which part of a list is wanted.
public struct PageRequest: Sendable, Hashable {
    /// `1...200`.
    public var limit: Int
    /// From an earlier ``Page``; nil for the first part.
    public var cursor: String?

    public init(limit: Int = 50, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}
