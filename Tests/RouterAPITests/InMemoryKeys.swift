import EventDispatch
import Identity
import Synchronization

/// Keys in memory, which are also what callers present.
final class InMemoryKeys: KeyService, CredentialSource {
    static let now: Int64 = 1_767_225_600_000
    let ring = Mutex(KeyRing())

    /// Makes a key as somebody did before.
    func make(_ reach: TenantReach, _ scopes: Set<Scope>) async throws -> APIKey {
        try await self.create(KeyRequest(reach: reach, name: "made", scopes: scopes), by: .keyless).key
    }

    func create(
        _ request: KeyRequest, by principal: Principal
    ) async throws(ServiceError) -> (key: APIKey, record: APIKeyRecord) {
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator)
        let record = APIKeyRecord(
            id: key.id, name: request.name, reach: request.reach, scopes: request.scopes, digest: key.digest,
            createdAtMilliseconds: Self.now, expiresAtMilliseconds: request.expiresAtMilliseconds,
            createdBy: principal.id)
        self.ring.withLock { $0.put(record) }
        return (key, record)
    }

    func list(within reach: TenantReach, page: PageRequest) async throws(ServiceError) -> Page<APIKeyRecord> {
        let found = self.ring.withLock { $0.list(within: reach, after: page.cursor, limit: page.limit + 1) }
        let items = Array(found.prefix(page.limit))
        return Page(items: items, nextCursor: found.count > page.limit ? items.last?.id : nil)
    }

    func delete(_ id: String, within reach: TenantReach) async throws(ServiceError) -> APIKeyRecord {
        let record = self.ring.withLock { ring -> APIKeyRecord? in
            guard let record = ring[id], reach.covers(record.reach) else { return nil }
            ring.remove(id)
            return record
        }
        guard let record else { throw ServiceError(.notFound, "there is no such key") }
        return record
    }

    func principal(presenting key: String) -> Principal? {
        self.ring.withLock { $0 }.principal(presenting: key, at: Self.now)
    }

    func stands(_ principal: Principal) -> Bool { self.ring.withLock { $0 }.stands(principal, at: Self.now) }
}
