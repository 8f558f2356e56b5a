import EventDispatch
import EventLog
import Synchronization
import Webhooks

/// A service of webhook endpoints that keeps everything in a dictionary.
final class InMemoryWebhookEndpoints: WebhookEndpointService {
    private struct Entry {
        var endpoint: WebhookEndpoint
        var secrets: [String]
    }

    static let created = Timestamp(milliseconds: 1_767_225_600_000)
    private let entries = Mutex<[String: Entry]>([:])

    /// What an endpoint's webhooks are believed by.
    func secrets(of id: String) -> [String]? { self.entries.withLock { $0[id]?.secrets } }

    func create(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView {
        var endpoint = request.endpoint
        if endpoint.id.isEmpty { endpoint.id = "made-by-the-router" }
        let entry = Entry(endpoint: endpoint, secrets: request.secrets ?? [])
        let isTaken = self.entries.withLock { entries in
            guard entries[entry.endpoint.id] == nil else { return true }
            entries[entry.endpoint.id] = entry
            return false
        }
        if isTaken {
            throw ServiceError(.conflict, "the id is taken", errors: [.init(pointer: "/id", detail: "is taken")])
        }
        return Self.view(entry)
    }

    func get(_ id: String, tenant: String) async throws(ServiceError) -> WebhookEndpointView {
        Self.view(try self.known(id, tenant))
    }

    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<WebhookEndpointView> {
        let own = self.entries.withLock { entries in
            entries.values.filter { $0.endpoint.tenant == tenant }.sorted { $0.endpoint.id < $1.endpoint.id }
        }
        return try InMemoryPages.page(own.map(Self.view), page)
    }

    func update(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView {
        let old = try self.known(request.endpoint.id, request.endpoint.tenant)
        let entry = Entry(endpoint: request.endpoint, secrets: request.secrets ?? old.secrets)
        self.entries.withLock { $0[entry.endpoint.id] = entry }
        return Self.view(entry)
    }

    func delete(_ id: String, tenant: String) async throws(ServiceError) {
        _ = try self.known(id, tenant)
        self.entries.withLock { $0[id] = nil }
    }

    private func known(_ id: String, _ tenant: String) throws(ServiceError) -> Entry {
        guard let entry = self.entries.withLock({ $0[id] }), entry.endpoint.tenant == tenant else {
            throw ServiceError(.notFound, "there is no such webhook endpoint")
        }
        return entry
    }

    private static func view(_ entry: Entry) -> WebhookEndpointView {
        WebhookEndpointView(
            endpoint: entry.endpoint, secretCount: entry.secrets.count, createdAt: self.created,
            updatedAt: self.created)
    }
}
