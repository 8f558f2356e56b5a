/// Why a filter cannot be used: where in it, what is wrong, and the mend.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A JSON Pointer (RFC 6901) into the filter as it is written in JSON, such as `/all/1/exact/type`; empty: the
    /// filter.
    public var pointer: String
    /// One sentence: what is wrong, and what would be right.
    public var detail: String

    public init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    public var description: String { self.pointer.isEmpty ? self.detail : "\(self.pointer): \(self.detail)" }
}
