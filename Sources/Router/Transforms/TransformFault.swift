/// Why something is no transform, or why one cannot be applied to an event.
public struct TransformFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// A JSON Pointer (RFC 6901) into the transform, such as `/1/rename`; empty: the transform.
    public var pointer: String
    /// What is wrong, and the mend; reads as the rest of a sentence that begins with the pointer. Nothing of an event's
    /// data is in it.
    public var detail: String

    public init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    public var description: String { (self.pointer.isEmpty ? "the transform" : self.pointer) + " " + self.detail }
}
