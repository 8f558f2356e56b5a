/// What the router keeps of an API key: everything but the key.
public struct APIKeyRecord: Sendable, Hashable {
    /// Also the key of its record in the log.
    public var id: String
    /// What people call it.
    public var name: String
    public var reach: TenantReach
    public var scopes: Set<Scope>
    public var digest: KeyDigest
    /// In milliseconds since 1970.
    public var createdAtMilliseconds: Int64
    /// When it stops working by itself, in milliseconds since 1970; nil: never.
    public var expiresAtMilliseconds: Int64?
    /// Who made it: a principal's id.
    public var createdBy: String

    /// A record.
    public init(
        id: String, name: String, reach: TenantReach, scopes: Set<Scope>, digest: KeyDigest,
        createdAtMilliseconds: Int64, expiresAtMilliseconds: Int64?, createdBy: String
    ) {
        self.id = id
        self.name = name
        self.reach = reach
        self.scopes = scopes
        self.digest = digest
        self.createdAtMilliseconds = createdAtMilliseconds
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.createdBy = createdBy
    }

    /// What the key begins with, for recognition.
    public var hint: String { APIKey.prefix + self.id }

    /// Whoever has the key.
    public var principal: Principal {
        Principal(
            kind: .key, id: self.id, name: self.name, reach: self.reach, scopes: self.scopes,
            expiresAtMilliseconds: self.expiresAtMilliseconds)
    }
}

extension APIKeyRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, name, tenant, scopes, sha256, createdAt, expiresAt, createdBy
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        guard let reach = TenantReach(try members.decode(String.self, forKey: .tenant)) else {
            throw DecodingError.dataCorruptedError(forKey: .tenant, in: members, debugDescription: "no tenant")
        }
        guard let digest = KeyDigest(hex: try members.decode(String.self, forKey: .sha256)) else {
            throw DecodingError.dataCorruptedError(forKey: .sha256, in: members, debugDescription: "no SHA-256")
        }
        self.init(
            id: try members.decode(String.self, forKey: .id), name: try members.decode(String.self, forKey: .name),
            reach: reach, scopes: Set(try members.decode([String].self, forKey: .scopes).compactMap(Scope.init)),
            digest: digest, createdAtMilliseconds: try members.decode(Int64.self, forKey: .createdAt),
            expiresAtMilliseconds: try members.decodeIfPresent(Int64.self, forKey: .expiresAt),
            createdBy: try members.decode(String.self, forKey: .createdBy))
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.id, forKey: .id)
        try members.encode(self.name, forKey: .name)
        try members.encode(self.reach.text, forKey: .tenant)
        try members.encode(self.scopes.map(\.rawValue).sorted(), forKey: .scopes)
        try members.encode(self.digest.hex, forKey: .sha256)
        try members.encode(self.createdAtMilliseconds, forKey: .createdAt)
        try members.encodeIfPresent(self.expiresAtMilliseconds, forKey: .expiresAt)
        try members.encode(self.createdBy, forKey: .createdBy)
    }
}
