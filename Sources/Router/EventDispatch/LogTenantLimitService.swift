import EventLog
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import TenantLimits

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Limits of tenants as their compacted topic has them, over those of the configuration: a change is appended first,
/// and comes into force in every process when that has read the record. Of two changes the last in the log counts.
public final class LogTenantLimitService: TenantLimitService, TenantLimitSource, Service {
    /// Tenants that may have limits of their own.
    public static let tenantsMax = 100_000
    private let log: any EventLog
    private let topicPartition: TopicPartition
    private let defaults: TenantLimits
    private let weights: [String: Int]
    private let logger: Logger
    private let stored = Mutex<[String: StoredTenantLimits]>([:])
    private let followers = Mutex<[@Sendable (String, TenantLimits) -> Void]>([])
    /// Held by who changes limits, so that the bound holds.
    private let gate = SerialGate()
    private let follower = Mutex<TopicFollower?>(nil)

    /// - Parameters:
    ///   - topic: one partition, compacted by tenant.
    ///   - defaults: of tenants that have none of their own.
    ///   - weights: of tenants whose weight the configuration names.
    public init(
        log: any EventLog, topic: Topic, defaults: TenantLimits, weights: [String: Int] = [:], logger: Logger
    ) {
        self.log = log
        self.topicPartition = TopicPartition(topic, Partition(0))
        self.defaults = defaults
        self.weights = weights
        self.logger = logger
    }

    /// Reads the topic. Called once, before anything else.
    /// - Throws: ``EventLogError`` where it cannot be read.
    public func load() async throws(EventLogError) {
        let follower = TopicFollower(log: self.log, topicPartition: self.topicPartition, logger: self.logger) {
            [weak self] element in self?.apply(element.record)
        }
        self.follower.withLock { $0 = follower }
        try await follower.catchUp()
    }

    /// Follows what other processes change, until graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follower.withLock({ $0 })?.runWhereShared() }
    }

    private func apply(_ record: LogRecord) {
        guard let tenant = record.key.map({ String(buffer: $0) }) else { return }
        var stored: StoredTenantLimits?
        if let value = record.value {
            stored = try? JSONDecoder().decode(StoredTenantLimits.self, from: Data(value.readableBytesView))
            guard stored?.tenant == tenant else {
                return self.logger.error(
                    "the limits of a tenant cannot be read; those before stay in force",
                    metadata: ["tenant": "\(tenant)"])
            }
        }
        let applied = stored
        self.stored.withLock { $0[tenant] = applied }
        let limits = self.limits(of: tenant)
        for follower in self.followers.withLock({ $0 }) { follower(tenant, limits) }
    }

    // MARK: TenantLimitSource

    /// What is in force for a tenant here.
    public func limits(of tenant: String) -> TenantLimits {
        self.limits(of: tenant, self.stored.withLock { $0[tenant] })
    }

    private func limits(of tenant: String, _ stored: StoredTenantLimits?) -> TenantLimits {
        var limits = self.defaults
        if let weight = self.weights[tenant] { limits[.weight] = weight }
        return limits.overridden(by: stored?.overrides ?? [:])
    }

    /// Calls back after every change; at once for the tenants that have limits of their own already.
    public func follow(_ follower: @escaping @Sendable (_ tenant: String, TenantLimits) -> Void) {
        self.followers.withLock { $0.append(follower) }
        for (tenant, stored) in self.stored.withLock({ $0 }) { follower(tenant, self.limits(of: tenant, stored)) }
    }

    // MARK: TenantLimitService

    /// See ``TenantLimitService/get(_:)``.
    public func get(_ tenant: String) async throws(ServiceError) -> TenantLimitView {
        try await self.catchUp()
        return self.view(tenant)
    }

    /// See ``TenantLimitService/set(_:of:)``. Nothing is appended where nothing changes.
    public func set(
        _ overrides: [TenantLimit: Int], of tenant: String
    ) async throws(ServiceError) -> TenantLimitView {
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        let (old, count) = self.stored.withLock { ($0[tenant], $0.count) }
        if (old?.overrides ?? [:]) == overrides { return self.view(tenant) }
        guard old != nil || count < Self.tenantsMax else {
            throw ServiceError(
                .limitExceeded,
                "\(Self.tenantsMax) tenants have limits of their own, which is as many as can be: reset one")
        }
        let new =
            overrides.isEmpty
            ? nil : StoredTenantLimits(tenant: tenant, overrides: overrides, now: DispatchClock.wall)
        do {
            let offset = try await self.log.store(new, key: tenant, in: self.topicPartition)
            try await self.follower.withLock({ $0 })?.catchUp(past: offset)
        } catch { throw ServiceError(error) }
        return self.view(tenant)
    }

    private func view(_ tenant: String) -> TenantLimitView {
        let stored = self.stored.withLock { $0[tenant] }
        return TenantLimitView(
            tenant: tenant, limits: self.limits(of: tenant, stored), overrides: stored?.overrides ?? [:],
            updatedAt: stored.map { Timestamp(milliseconds: $0.updatedAt) })
    }

    private func catchUp() async throws(ServiceError) {
        do { try await self.follower.withLock({ $0 })?.catchUp() } catch { throw ServiceError(error) }
    }
}
