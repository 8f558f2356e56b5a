import EventLog
import Identity
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// API keys in a compacted topic of the log, and in memory.
///
/// The topic is followed: another process that shares the log knows a new key, and that one is gone, as soon as it has
/// read the record: some milliseconds later as a rule, and within a second while the log answers. A process that cannot
/// read the log goes on with the keys that it knows.
public final class LogKeyService: KeyService, CredentialSource, Service {
    private let log: any EventLog
    private let topicPartition: TopicPartition
    private let keysPerTenantMax: Int
    private let logger: Logger
    /// Held by who makes a key, so that the bound holds.
    private let gate = SerialGate()
    private let ring: Mutex<KeyRing>
    private let follower = Mutex<TopicFollower?>(nil)

    /// - Parameters:
    ///   - topic: one partition, compacted by the ids of keys.
    ///   - keysPerTenantMax: keys of one tenant, `1...100000`; processes that make keys at the same moment may pass it
    ///     by their number.
    ///   - bootstrap: of the key that is always valid; nil: there is none.
    public init(
        log: any EventLog, topic: Topic, keysPerTenantMax: Int = 1_000, bootstrap: KeyDigest? = nil, logger: Logger
    ) {
        self.log = log
        self.topicPartition = TopicPartition(topic, Partition(0))
        self.keysPerTenantMax = keysPerTenantMax
        self.logger = logger
        self.ring = Mutex(KeyRing(bootstrap: bootstrap))
    }

    /// Reads the topic. Called once, before anything else.
    /// - Throws: ``EventLogError`` where it cannot be read.
    public func load() async throws(EventLogError) {
        let follower = TopicFollower(log: self.log, topicPartition: self.topicPartition, logger: self.logger) {
            [weak self] element in self?.apply(element)
        }
        self.follower.withLock { $0 = follower }
        try await follower.catchUp()
    }

    /// Follows the topic until graceful shutdown or the end of the task.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follower.withLock({ $0 })?.run() }
    }

    /// The topic that the keys are in.
    public var topic: Topic { self.topicPartition.topic }

    /// How many keys there are, the one of the configuration not counted.
    public var count: Int { self.ring.withLock { $0.count } }

    private func apply(_ element: RecordBatch.Element) {
        guard let id = element.record.key.map({ String(buffer: $0) }) else { return }
        guard let value = element.record.value else { return self.ring.withLock { $0.remove(id) } }
        do {
            let record = try JSONDecoder().decode(APIKeyRecord.self, from: Data(value.readableBytesView))
            if record.id == id { self.ring.withLock { $0.put(record) } }
        } catch {
            // It must not go on working in an earlier form.
            self.ring.withLock { $0.remove(id) }
            self.logger.error("a key cannot be read and is not valid", metadata: ["key": "\(id)"])
        }
    }

    // MARK: CredentialSource

    /// Whoever presents a key that is valid now.
    public func principal(presenting key: String) -> Principal? {
        let ring = self.ring.withLock { $0 }
        return ring.principal(presenting: key, at: DispatchClock.wall.milliseconds)
    }

    /// Whether the key of a principal is there, and its time has not come.
    public func stands(_ principal: Principal) -> Bool {
        let ring = self.ring.withLock { $0 }
        return ring.stands(principal, at: DispatchClock.wall.milliseconds)
    }

    // MARK: KeyService

    /// Draws a key, appends its digest, and waits until it is in force here.
    /// - Throws: `limitExceeded` over the bound of a tenant; `unavailable`, after which the key may be there, known to
    ///   nobody.
    public func create(
        _ request: KeyRequest, by principal: Principal
    ) async throws(ServiceError) -> (key: APIKey, record: APIKeyRecord) {
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        guard self.ring.withLock({ $0.count(of: request.reach) }) < self.keysPerTenantMax else {
            throw ServiceError(
                .limitExceeded,
                "a tenant has at most \(self.keysPerTenantMax) keys (auth.keysPerTenantMax): delete one")
        }
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator)
        let record = APIKeyRecord(
            id: key.id, name: request.name, reach: request.reach, scopes: request.scopes, digest: key.digest,
            createdAtMilliseconds: DispatchClock.wall.milliseconds,
            expiresAtMilliseconds: request.expiresAtMilliseconds, createdBy: principal.id)
        try await self.store(record, id: key.id)
        return (key, record)
    }

    /// Keys as the log has them now.
    /// - Throws: `unavailable`.
    public func list(within reach: TenantReach, page: PageRequest) async throws(ServiceError) -> Page<APIKeyRecord> {
        try await self.catchUp()
        let ring = self.ring.withLock { $0 }
        let found = ring.list(within: reach, after: page.cursor, limit: page.limit + 1)
        let items = Array(found.prefix(page.limit))
        return Page(items: items, nextCursor: found.count > page.limit ? items.last?.id : nil)
    }

    /// Appends the tombstone, and waits until it is in force here.
    /// - Throws: `notFound`; `unavailable`.
    public func delete(_ id: String, within reach: TenantReach) async throws(ServiceError) -> APIKeyRecord {
        try await self.catchUp()
        guard let record = self.ring.withLock({ $0[id] }), reach.covers(record.reach) else {
            throw ServiceError(.notFound, "there is no such key")
        }
        try await self.store(nil, id: id)
        return record
    }

    /// Appends a record, or a tombstone, and waits until it is in force here.
    private func store(_ record: APIKeyRecord?, id: String) async throws(ServiceError) {
        do {
            let offset = try await self.log.store(record, key: id, in: self.topicPartition)
            try await self.follower.withLock({ $0 })?.catchUp(past: offset)
        } catch { throw ServiceError(error) }
    }

    private func catchUp() async throws(ServiceError) {
        do { try await self.follower.withLock({ $0 })?.catchUp() } catch { throw ServiceError(error) }
    }
}
