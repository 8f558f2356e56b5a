import CloudEvents
import JSONSchema

/// A schema of event data, ready for use, and its text. A class, so that tenants and types with the same text share it.
public final class CompiledEventSchema: Sendable {
    public let text: String
    /// The text as a value: two texts of it are the same schema.
    public let document: JSONNode
    public let schema: JSONSchema

    /// - Parameter limits: of one validation.
    /// - Throws: ``SchemaFault`` where the text is no schema of JSON Schema 2020-12.
    public init(_ text: String, limits: JSONSchema.Limits = JSONSchema.Limits()) throws(SchemaFault) {
        self.text = text
        do throws(CloudEventError) {
            self.document = try JSONNode(text)
        } catch {
            throw SchemaFault(pointer: "", reason: "is no JSON that is taken: \(error.reason)")
        }
        self.schema = try JSONSchema(self.document, limits: limits)
    }
}
