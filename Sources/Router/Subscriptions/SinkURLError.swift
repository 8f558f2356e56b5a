/// Why a text is no URL of a sink; reads as the rest of a sentence that begins with `sink`.
public struct SinkURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    public var description: String { self.reason }
}
