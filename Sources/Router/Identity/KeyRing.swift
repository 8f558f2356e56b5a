/// The keys that there are. A value: who holds one sees one moment of it.
public struct KeyRing: Sendable {
    private var records: [String: APIKeyRecord] = [:]
    private let bootstrap: KeyDigest?

    /// The platform's own: whoever has the key of the configuration.
    private static let platform = Principal(
        kind: .bootstrap, id: "bootstrap", name: "auth.bootstrapKey", reach: .all, scopes: [.admin])

    /// - Parameter bootstrap: of the key that is always valid, for everything; nil: there is none.
    public init(bootstrap: KeyDigest? = nil) { self.bootstrap = bootstrap }

    /// The record of a key.
    public subscript(_ id: String) -> APIKeyRecord? { self.records[id] }

    /// How many keys there are.
    public var count: Int { self.records.count }

    /// Takes a record up, in place of an earlier one of its id.
    public mutating func put(_ record: APIKeyRecord) { self.records[record.id] = record }

    /// Forgets a key.
    public mutating func remove(_ id: String) { self.records[id] = nil }

    /// Whoever presents a text; nil where it is no key, or one that is not valid (any more). A key that there is not
    /// takes the same work as one that there is.
    /// - Parameter now: in milliseconds since 1970.
    public func principal(presenting text: String, at now: Int64) -> Principal? {
        let digest = KeyDigest(of: text)
        if let bootstrap, digest.matches(bootstrap) { return Self.platform }
        let record = APIKey.id(in: text).flatMap { self.records[$0] }
        guard digest.matches(record?.digest ?? .none), let record, Self.isValid(record, at: now) else { return nil }
        return record.principal
    }

    /// Whether what a principal signed in with is still valid.
    /// - Parameter now: in milliseconds since 1970.
    public func stands(_ principal: Principal, at now: Int64) -> Bool {
        if let end = principal.expiresAtMilliseconds, end <= now { return false }
        switch principal.kind {
        case .unauthenticated, .token: return true
        case .bootstrap: return self.bootstrap != nil
        case .key: return self.records[principal.id].map { Self.isValid($0, at: now) } ?? false
        }
    }

    private static func isValid(_ record: APIKeyRecord, at now: Int64) -> Bool {
        record.expiresAtMilliseconds.map { now < $0 } ?? true
    }

    /// How many keys there are of exactly a reach.
    public func count(of reach: TenantReach) -> Int { self.records.values.count { $0.reach == reach } }

    /// Records within a reach by id, from the first after `id` on.
    public func list(within reach: TenantReach, after id: String?, limit: Int) -> [APIKeyRecord] {
        let found = self.records.values.filter { record in
            reach.covers(record.reach) && id.map { record.id > $0 } ?? true
        }
        return Array(found.sorted { $0.id < $1.id }.prefix(limit))
    }
}
