/// What is wrong with a schema.
public struct SchemaFault: Error, Hashable, CustomStringConvertible {
    /// Where in the document, as a JSON Pointer.
    public let pointer: String
    public let reason: String

    public var description: String { "\(self.pointer.isEmpty ? "the schema" : self.pointer): \(self.reason)" }
}
