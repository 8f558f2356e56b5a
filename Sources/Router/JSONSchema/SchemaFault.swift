/// What is wrong with a schema.
public struct SchemaFault: Error, Hashable, CustomStringConvertible {
    /// Where in the document, as a JSON Pointer.
    public let pointer: String
    public let reason: String

    /// A fault at a place.
    public init(pointer: String, reason: String) {
        self.pointer = pointer
        self.reason = reason
    }

    public var description: String { "\(self.pointer.isEmpty ? "the schema" : self.pointer): \(self.reason)" }
}
