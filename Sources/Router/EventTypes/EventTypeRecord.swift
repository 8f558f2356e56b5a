import JSONSchema

/// A record of the topic of event types: what a type is set to, or one version of its schema. Each has a key of its
/// own; the keys of versions are never written twice.
public enum EventTypeRecord: Sendable, Hashable {
    /// What a type is set to.
    public struct Settings: Sendable, Hashable, Codable {
        public var tenant: String
        public var type: String
        /// Which of those that had the name.
        public var generation: String
        public var mode: EventTypeMode
        public var compatibility: SchemaCompatibility
        /// Milliseconds since 1970.
        public var createdAt: Int64
        public var updatedAt: Int64

        public init(
            tenant: String, type: String, generation: String, mode: EventTypeMode, compatibility: SchemaCompatibility,
            createdAt: Int64, updatedAt: Int64
        ) {
            self.tenant = tenant
            self.type = type
            self.generation = generation
            self.mode = mode
            self.compatibility = compatibility
            self.createdAt = createdAt
            self.updatedAt = updatedAt
        }

        /// The key of its record.
        public var key: String { "\(self.tenant)/\(self.generation)" }
    }

    /// One version of a schema.
    public struct Version: Sendable, Hashable, Codable {
        public var tenant: String
        public var generation: String
        /// From 1 on.
        public var number: Int
        /// Which of those that were registered as this number at the same moment.
        public var token: String
        /// The schema as it was sent.
        public var schema: String
        /// Milliseconds since 1970.
        public var createdAt: Int64

        public init(
            tenant: String, generation: String, number: Int, token: String, schema: String, createdAt: Int64
        ) {
            self.tenant = tenant
            self.generation = generation
            self.number = number
            self.token = token
            self.schema = schema
            self.createdAt = createdAt
        }

        /// The key of its record.
        public var key: String { "\(self.tenant)/\(self.generation)/\(self.number)/\(self.token)" }
    }

    case settings(Settings)
    case version(Version)

    /// The key of the record.
    public var key: String {
        switch self {
        case .settings(let settings): settings.key
        case .version(let version): version.key
        }
    }
}

extension EventTypeRecord: Codable {
    private enum Name: String, CodingKey {
        case settings, version
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        if let settings = try members.decodeIfPresent(Settings.self, forKey: .settings) {
            self = .settings(settings)
        } else {
            self = .version(try members.decode(Version.self, forKey: .version))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Name.self)
        switch self {
        case .settings(let settings): try members.encode(settings, forKey: .settings)
        case .version(let version): try members.encode(version, forKey: .version)
        }
    }
}
