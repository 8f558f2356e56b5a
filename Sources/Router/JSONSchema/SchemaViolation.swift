/// Where a value is not what a schema asks for.
public struct SchemaViolation: Error, Hashable, Sendable {
    /// In the value, as a JSON Pointer.
    public let pointer: String
    /// What is asked for.
    public let detail: String
    /// Where the schema says so, as a JSON Pointer into its document.
    public let schemaPointer: String

    /// A violation; nothing is checked.
    public init(pointer: String, detail: String, schemaPointer: String) {
        self.pointer = pointer
        self.detail = detail
        self.schemaPointer = schemaPointer
    }
}
