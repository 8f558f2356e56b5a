import Identity

/// Makes, shows and deletes API keys.
public protocol KeyService: Sendable {
    /// Makes a key. It works here when this returns.
    /// - Parameter principal: who wants it.
    /// - Returns: the key, which is to be had here only, and what is kept of it.
    /// - Throws: `limitExceeded`, `unavailable`.
    func create(
        _ request: KeyRequest, by principal: Principal
    ) async throws(ServiceError) -> (key: APIKey, record: APIKeyRecord)

    /// Keys within a reach by id. The cursor is the id of the last one.
    func list(within reach: TenantReach, page: PageRequest) async throws(ServiceError) -> Page<APIKeyRecord>

    /// Deletes a key. It does not work here any more when this returns.
    /// - Returns: what was kept of it.
    /// - Throws: `notFound`, also where it is not within the reach; `unavailable`.
    func delete(_ id: String, within reach: TenantReach) async throws(ServiceError) -> APIKeyRecord
}
