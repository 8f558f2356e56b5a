import CloudEvents
import JSONSchema
import NIOCore

/// What the data of events of one type have to be. A class, so that events share it.
public final class EventTypeRule: Sendable {
    public let tenant: String
    /// As it is registered.
    public let type: String
    /// Of the schema.
    public let version: Int
    /// ``EventTypeMode/warn`` or ``EventTypeMode/enforce``.
    public let mode: EventTypeMode
    public let schema: CompiledEventSchema

    public init(tenant: String, type: String, version: Int, mode: EventTypeMode, schema: CompiledEventSchema) {
        self.tenant = tenant
        self.type = type
        self.version = version
        self.mode = mode
        self.schema = schema
    }

    /// Where the data of an event are not what they have to be. An event without data is judged as `null`.
    /// - Parameter stepsLeft: what the events of one request may still take.
    func violations(in event: CloudEvent, stepsLeft: inout Int) -> [SchemaViolation] {
        guard let data = event.data else { return self.schema.schema.violations(in: .null, stepsLeft: &stepsLeft) }
        guard event.attributes.withValue(of: "datacontenttype", { _, value in JSONContent.isNamed(by: value) }) ?? true
        else {
            return [Self.violation("are no JSON by their datacontenttype, and the schema of the type is one of JSON")]
        }
        do {
            let value = try data.withUnsafeReadableBytes { try JSONNode($0) }
            return self.schema.schema.violations(in: value, stepsLeft: &stepsLeft)
        } catch let error as CloudEventError {
            let place = error.byteOffset.map { " at byte \($0)" } ?? ""
            return [Self.violation("are no JSON that can be judged: \(error.reason)\(place)")]
        } catch {
            return [Self.violation("are no JSON that can be judged")]
        }
    }

    private static func violation(_ detail: String) -> SchemaViolation {
        SchemaViolation(pointer: "", detail: detail, schemaPointer: "")
    }
}
