import EventLog
import Logging
import NIOCore
import SecretSealing
import ServiceLifecycle
import Synchronization
import TenantLimits
import WebhookSignatures
import Webhooks

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Webhook endpoints as their compacted topic has them: a change is appended first, and comes into force here when it
/// is read back, whoever wrote it. Secrets are sealed before they leave this type, and are never shown.
public final class LogWebhookEndpointService: WebhookEndpointService, WebhookEndpointSource, Service {
    /// Characters of an id that the router makes: 134 bits, for the URL is public.
    private static let idLength = 26
    /// Endpoints that may wait to be taken back.
    private static let losersMax = 10_000

    private let configuration: WebhookServiceConfiguration
    private let log: any EventLog
    private let keyring: SecretKeyring?
    private let limits: (any TenantLimitSource)?
    private let logger: Logger
    private let catalog = Mutex(WebhookEndpointCatalog())
    /// Changes take their turns.
    private let gate = SerialGate()
    private let follower = Mutex<TopicFollower?>(nil)
    /// Endpoints to take back, which lost their id to another.
    private let losers = RetryQueue<WebhookEndpointCatalog.Key>(itemsMax: LogWebhookEndpointService.losersMax)

    /// - Parameters:
    ///   - keyring: what secrets are sealed with; nil: none can be kept, and endpoints are refused.
    ///   - limits: how many endpoints a tenant may have; nil:
    ///     ``WebhookServiceConfiguration/endpointsPerTenantMax``.
    public init(
        configuration: WebhookServiceConfiguration, log: any EventLog, keyring: SecretKeyring?,
        limits: (any TenantLimitSource)? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.keyring = keyring
        self.limits = limits
        self.logger = logger
    }

    private var topicPartition: TopicPartition { TopicPartition(self.configuration.endpointTopic, Partition(0)) }

    /// Reads the topic. One whose secrets cannot be opened is there and takes no webhooks.
    /// - Throws: `EventLogError` where the log cannot be read.
    public func load() async throws {
        let follower = TopicFollower(
            log: self.log, topicPartition: self.topicPartition, logger: self.logger
        ) { [weak self] element in self?.apply(element) }
        self.follower.withLock { $0 = follower }
        try await follower.catchUp()
    }

    /// Follows what other processes change, and takes back what lost its id to another, until graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.losers.run { key, attempt in await self.takeBack(key, attempt) } }
                await self.follower.withLock({ $0 })?.runWhereShared()
                group.cancelAll()
            }
        }
    }

    private func takeBack(_ key: WebhookEndpointCatalog.Key, _ attempt: Int) async -> Bool {
        do {
            try await self.append(nil, key)
            return true
        } catch {
            if attempt == 1 {
                self.logger.warning(
                    "a webhook endpoint that lost its id to another could not be taken back and is tried again",
                    metadata: ["endpoint": "\(key.id)", "error": "\(error.message)"])
            }
            return false
        }
    }

    /// From memory: what another process has just created may be some milliseconds away.
    public func active(_ id: String) -> ActiveWebhookEndpoint? { self.catalog.withLock { $0[id]?.active } }

    /// Whether there is any endpoint, from memory.
    public var hasEndpoints: Bool { self.catalog.withLock { !$0.isEmpty } }

    /// How many endpoints a tenant has.
    /// - Throws: `unavailable`.
    public func count(tenant: String) async throws(ServiceError) -> Int {
        try await self.catchUp()
        return self.catalog.withLock { $0.count(tenant: tenant) }
    }

    /// See ``WebhookEndpointService/create(_:)``. An empty id: the router makes one that nobody can guess.
    public func create(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView {
        var endpoint = request.endpoint
        if endpoint.id.isEmpty { endpoint.id = RandomName.make(Self.idLength) }
        let sealed = try self.sealed(request.secrets ?? [], of: endpoint)
        let stored = StoredWebhookEndpoint(
            endpoint, generation: RandomName.make(8), sealedSecrets: sealed, now: DispatchClock.wall)
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        let (isTaken, count) = self.catalog.withLock { ($0[stored.id] != nil, $0.count(tenant: stored.tenant)) }
        guard !isTaken else { throw Self.taken(stored.id) }
        let limit = self.limits?.limits(of: stored.tenant).cap(.endpoints) ?? self.configuration.endpointsPerTenantMax
        guard count < limit else {
            throw ServiceError(
                .limitExceeded, "the tenant has at most \(limit) webhook endpoints (limit 'endpoints'): delete one",
                limit: .init("endpoints", limit))
        }
        let key = WebhookEndpointCatalog.Key(id: stored.id, generation: stored.generation)
        try await self.append(stored, key)
        guard let live = self.catalog.withLock({ $0[stored.id] }), live.key == key else {
            // Another process was first: ours must not take its place when that one is deleted.
            self.losers.add(key)
            throw Self.taken(stored.id)
        }
        return try Self.view(live)
    }

    /// See ``WebhookEndpointService/get(_:tenant:)``.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> WebhookEndpointView {
        try await self.catchUp()
        return try Self.view(try self.known(id, tenant))
    }

    /// See ``WebhookEndpointService/list(tenant:page:)``. The cursor is the last id.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<WebhookEndpointView> {
        try await self.catchUp()
        let found = self.catalog.withLock { $0.list(tenant: tenant, after: page.cursor, limit: page.limit + 1) }
        let items = found.prefix(page.limit)
        var views: [WebhookEndpointView] = []
        for item in items { views.append(try Self.view(item)) }
        return Page(items: views, nextCursor: found.count > page.limit ? items.last?.stored.id : nil)
    }

    /// See ``WebhookEndpointService/update(_:)``. Secrets that stay are sealed anew, with the key of now.
    public func update(_ request: WebhookEndpointRequest) async throws(ServiceError) -> WebhookEndpointView {
        let endpoint = request.endpoint
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        let known = try self.known(endpoint.id, endpoint.tenant)
        let old = known.stored
        let secrets: [String]
        if let given = request.secrets { secrets = given } else { secrets = try self.opened(old) }
        var stored = StoredWebhookEndpoint(
            endpoint, generation: old.generation, sealedSecrets: try self.sealed(secrets, of: endpoint),
            now: DispatchClock.wall)
        stored.revision = old.revision + 1
        stored.createdAt = old.createdAt
        stored.createdOffset = old.createdOffset
        try await self.append(stored, known.key)
        return try Self.view(try self.known(endpoint.id, endpoint.tenant))
    }

    /// See ``WebhookEndpointService/delete(_:tenant:)``.
    public func delete(_ id: String, tenant: String) async throws(ServiceError) {
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        _ = try self.known(id, tenant)
        // With those that lost the id to it and were not taken back yet, so that none of them takes its place.
        for key in self.catalog.withLock({ $0.keys(of: id) }) { try await self.append(nil, key) }
    }

    private func known(_ id: String, _ tenant: String) throws(ServiceError) -> WebhookEndpointCatalog.Entry {
        guard let entry = self.catalog.withLock({ $0[id] }), entry.stored.tenant == tenant else {
            throw ServiceError(.notFound, "there is no webhook endpoint '\(id)'")
        }
        return entry
    }

    private static func taken(_ id: String) -> ServiceError {
        ServiceError(
            .conflict, "the id '\(id)' is taken: choose another, or leave it to the router",
            errors: [.init(pointer: "/id", detail: "is taken")])
    }

    private static func view(_ entry: WebhookEndpointCatalog.Entry) throws(ServiceError) -> WebhookEndpointView {
        guard let endpoint = entry.stored.endpoint else {
            throw ServiceError(
                .unavailable, "the endpoint '\(entry.stored.id)' was stored by a later version of the router")
        }
        return WebhookEndpointView(
            endpoint: endpoint, secretCount: entry.stored.sealedSecrets.count,
            createdAt: Timestamp(milliseconds: entry.stored.createdAt),
            updatedAt: Timestamp(milliseconds: entry.stored.updatedAt), fault: entry.fault)
    }
}

extension LogWebhookEndpointService {
    private func sealed(_ secrets: [String], of endpoint: WebhookEndpoint) throws(ServiceError) -> [String] {
        let ring = try self.keyring.required()
        do throws(WebhookSecretError) {
            _ = try WebhookVerifier(
                endpoint.provider, secrets: secrets, verification: endpoint.verification,
                toleranceSeconds: endpoint.toleranceSeconds)
        } catch {
            throw ServiceError(
                .unprocessable, "the secrets cannot be used: \(error)",
                errors: [.init(pointer: "/secrets", detail: error.description)])
        }
        let binding = StoredWebhookEndpoint.binding(tenant: endpoint.tenant, id: endpoint.id)
        do throws(SecretSealingError) {
            var sealed: [String] = []
            for secret in secrets { sealed.append(try ring.seal(secret, binding: binding)) }
            return sealed
        } catch { throw ServiceError(.unavailable, "a secret \(error)") }
    }

    private func opened(_ stored: StoredWebhookEndpoint) throws(ServiceError) -> [String] {
        let ring = try self.keyring.required()
        do throws(SecretSealingError) { return try Self.opened(stored, ring) } catch {
            throw ServiceError(
                .conflict, "a secret of the endpoint \(error): give its secrets anew",
                errors: [.init(pointer: "/secrets", detail: "must be given anew")])
        }
    }

    private static func opened(
        _ stored: StoredWebhookEndpoint, _ ring: SecretKeyring
    ) throws(SecretSealingError) -> [String] {
        let binding = StoredWebhookEndpoint.binding(tenant: stored.tenant, id: stored.id)
        var secrets: [String] = []
        for sealed in stored.sealedSecrets { secrets.append(try ring.open(sealed, binding: binding)) }
        return secrets
    }

    /// One record of the topic, in its order.
    private func apply(_ element: RecordBatch.Element) {
        let record = element.record
        guard let key = record.key.map({ WebhookEndpointCatalog.Key(String(buffer: $0)) }) else { return }
        guard let value = record.value else { return self.catalog.withLock { $0.apply(key, nil) } }
        guard
            var stored = try? JSONDecoder().decode(StoredWebhookEndpoint.self, from: Data(value.readableBytesView)),
            stored.id == key.id
        else {
            return self.logger.error(
                "a webhook endpoint cannot be read and takes nothing", metadata: ["endpoint": "\(key)"])
        }
        stored.createdOffset = stored.createdOffset ?? element.offset.value
        let entry = self.entry(stored, key)
        self.catalog.withLock { $0.apply(key, entry) }
        if let fault = entry.fault {
            self.logger.error(
                "a webhook endpoint takes nothing", metadata: ["endpoint": "\(key)", "error": "\(fault)"])
        }
    }

    private func entry(
        _ stored: StoredWebhookEndpoint, _ key: WebhookEndpointCatalog.Key
    ) -> WebhookEndpointCatalog.Entry {
        guard let endpoint = stored.endpoint else {
            return .init(key: key, stored: stored, active: nil, fault: "it was stored by a later version of the router")
        }
        var (verifier, fault): (WebhookVerifier?, String?) = (nil, nil)
        if let keyring {
            do {
                verifier = try WebhookVerifier(
                    endpoint.provider, secrets: Self.opened(stored, keyring), verification: endpoint.verification,
                    toleranceSeconds: endpoint.toleranceSeconds)
            } catch { fault = "a secret of it \(error)" }
        } else {
            fault = "its secrets cannot be opened: set secrets.encryptionKey or secrets.encryptionKeyFile"
        }
        let active = ActiveWebhookEndpoint(
            endpoint: endpoint, generation: stored.generation, verifier: verifier,
            translator: WebhookTranslator(endpoint, limits: self.configuration.limits))
        return .init(key: key, stored: stored, active: active, fault: fault)
    }

    /// Appends, and waits until that is in force here.
    private func append(
        _ stored: StoredWebhookEndpoint?, _ key: WebhookEndpointCatalog.Key
    ) async throws(ServiceError) {
        do {
            let offset = try await self.log.store(stored, key: key.description, in: self.topicPartition)
            try await self.follower.withLock({ $0 })?.catchUp(past: offset)
        } catch { throw ServiceError(error) }
    }

    private func catchUp() async throws(ServiceError) {
        do { try await self.follower.withLock({ $0 })?.catchUp() } catch { throw ServiceError(error) }
    }
}

extension WebhookEndpointCatalog.Key: Retryable {
    var retryKey: Self { self }
}
