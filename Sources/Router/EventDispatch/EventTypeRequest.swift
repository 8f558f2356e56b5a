import EventTypes
import JSONSchema

/// A type of events as somebody wants it.
public struct EventTypeRequest: Sendable {
    public var tenant: String
    public var type: String
    /// The text of the schema; nil only where it stays.
    public var schema: String?
    /// nil: as it is, ``EventTypeMode/warn`` for a new one.
    public var mode: EventTypeMode?
    /// nil: as it is, ``SchemaCompatibility/backward`` for a new one.
    public var compatibility: SchemaCompatibility?
    /// Whether the type has to be there.
    public var mustExist = false

    public init(tenant: String, type: String, schema: String?) {
        self.tenant = tenant
        self.type = type
        self.schema = schema
    }
}
