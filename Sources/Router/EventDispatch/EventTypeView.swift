import EventLog
import EventTypes
import JSONSchema

/// A type of events as callers see it.
public struct EventTypeView: Sendable, Hashable {
    public var type: String
    /// The text of the latest schema.
    public var schema: String
    public var mode: EventTypeMode
    public var compatibility: SchemaCompatibility
    /// The number of the latest schema.
    public var version: Int
    public var createdAt: Timestamp
    /// Of the settings or the schema, whichever is later.
    public var updatedAt: Timestamp

    public init(
        type: String, schema: String, mode: EventTypeMode, compatibility: SchemaCompatibility, version: Int,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.type = type
        self.schema = schema
        self.mode = mode
        self.compatibility = compatibility
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
