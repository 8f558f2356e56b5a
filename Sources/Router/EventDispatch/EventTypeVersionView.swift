import EventLog

/// One version of a type's schema as callers see it.
public struct EventTypeVersionView: Sendable, Hashable {
    public var type: String
    /// From 1 on.
    public var version: Int
    /// The text of the schema.
    public var schema: String
    public var createdAt: Timestamp

    public init(type: String, version: Int, schema: String, createdAt: Timestamp) {
        self.type = type
        self.version = version
        self.schema = schema
        self.createdAt = createdAt
    }
}
