import Delivery
import EventLog
import NIOCore
import Subscriptions
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Subscriptions as the compacted topic has them: every change is appended first,
/// and comes into force when it is durable.
public final class LogSubscriptionService: SubscriptionService {
    private let dispatcher: Dispatcher
    private let catalog = Mutex<[SubscriptionID: StoredSubscription]>([:])
    private let gate = SerialGate()

    /// Begins to hear when the machine suspends subscriptions. The dispatcher does not keep the service alive.
    public init(dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        dispatcher.listeners.withLock { listeners in
            listeners.append { [weak self] effect in await self?.hear(effect) }
        }
    }

    private var topicPartition: TopicPartition {
        TopicPartition(self.dispatcher.configuration.subscriptionTopic, Partition(0))
    }

    /// Reads the topic and takes up every subscription where its cursors left off.
    public func load() async throws {
        var stored: [SubscriptionID: StoredSubscription] = [:]
        for (key, value) in try await self.dispatcher.log.compacted(self.topicPartition) {
            let one = try JSONDecoder().decode(StoredSubscription.self, from: Data(value.readableBytesView))
            guard one.subscription.id.description == key else { continue }
            stored[one.subscription.id] = one
        }
        let committed = try await self.dispatcher.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        for (id, one) in stored.sorted(by: { $0.key < $1.key }) {
            let compiled = try CompiledSubscription(one.subscription)
            self.dispatcher.introduce(
                one, compiled: compiled,
                cursors: committed[GroupName.cursor(of: id, generation: one.generation)] ?? [:], isNew: false)
        }
        let loaded = stored
        self.catalog.withLock { $0 = loaded }
    }

    /// All subscriptions of a tenant, by name.
    func all(tenant: String) -> [StoredSubscription] {
        self.catalog.withLock { $0.values.filter { $0.subscription.id.tenant == tenant } }
            .sorted { $0.subscription.id < $1.subscription.id }
    }

    func isKnown(_ id: SubscriptionID) -> Bool { self.catalog.withLock { $0[id] != nil } }

    func stored(_ id: SubscriptionID) -> StoredSubscription? { self.catalog.withLock { $0[id] } }

    /// Ids of all subscriptions of all tenants, for metrics.
    public var ids: [SubscriptionID] { self.catalog.withLock { Array($0.keys) } }

    /// A subscription's lag in records, for metrics; nil where there is none.
    public func lag(of id: SubscriptionID) -> Int64? { self.dispatcher.standing(of: id)?.lag }

    /// Resolves the start to offsets, commits the cursors of what lies before, appends, and begins to send. Changes are
    /// made one at a time, in the order of the calls.
    /// - Throws: `conflict` where the id is taken; `limitExceeded` over
    ///   ``DispatchConfiguration/subscriptionsPerTenantMax``; `unprocessable` for a filter that cannot be used;
    ///   `unavailable`.
    public func create(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView {
        await self.gate.enter()
        defer { self.gate.leave() }
        let id = subscription.id
        guard !self.isKnown(id) else {
            throw ServiceError(.conflict, "the id '\(id.name)' is taken: choose another, or change that one with PUT")
        }
        let limit = self.dispatcher.configuration.subscriptionsPerTenantMax
        guard self.all(tenant: id.tenant).count < limit else {
            throw ServiceError(.limitExceeded, "a tenant has at most \(limit) subscriptions: delete one")
        }
        let compiled = try Self.compile(subscription)
        let now = DispatchClock.wall
        let generation = RandomName.make(8)
        do {
            let starts = try await self.dispatcher.resolve(subscription.config.start)
            let stored = StoredSubscription(
                subscription: subscription, generation: generation, createdAt: now, updatedAt: now,
                startOffsets: starts.offsets)
            let cursors = starts.behind.map { topicPartition, offset in
                GroupCommit(
                    group: GroupName.cursor(of: id, generation: generation), topicPartition: topicPartition,
                    committed: SubscriptionCursor(
                        generation: generation, isDetached: true, position: offset.value
                    ).committed)
            }
            if !cursors.isEmpty { try await self.dispatcher.log.commit(cursors) }
            try await self.append(id, stored)
            self.catalog.withLock { $0[id] = stored }
            self.dispatcher.introduce(
                stored, compiled: compiled,
                cursors: Dictionary(uniqueKeysWithValues: cursors.map { ($0.topicPartition, $0.committed) }),
                isNew: true)
            return self.view(stored)
        } catch { throw ServiceError(error) }
    }

    /// A subscription as it is stored, with its lag and last error as of now.
    /// - Throws: `notFound`.
    public func get(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        self.view(try self.known(id))
    }

    /// A tenant's subscriptions by name, all from memory. The cursor is the name of the last one. Never throws.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<SubscriptionView> {
        let all = self.all(tenant: tenant).filter { stored in
            page.cursor.map { stored.subscription.id.name > $0 } ?? true
        }
        let items = all.prefix(page.limit)
        return Page(
            items: items.map { self.view($0) },
            nextCursor: all.count > page.limit ? items.last?.subscription.id.name : nil)
    }

    /// Takes effect for all that was not read for the subscription yet; what was matched keeps its match. Does nothing
    /// where nothing differs. Durable when this returns.
    /// - Throws: `notFound`; `unprocessable` for a filter that cannot be used; `unavailable`.
    public func update(_ subscription: Subscription) async throws(ServiceError) -> SubscriptionView {
        try await self.change(subscription.id) { stored in
            let start = stored.subscription.config.start
            stored.subscription = subscription
            stored.subscription.config.start = start
            if stored.status == .suspended { stored.status = .active }
        }
    }

    /// Durably gone when this returns; attempts in flight are abandoned. Its dead letters stay.
    /// - Throws: `notFound`; `unavailable`, also where it is gone but its cursors could not be deleted.
    public func delete(_ id: SubscriptionID) async throws(ServiceError) {
        await self.gate.enter()
        defer { self.gate.leave() }
        let stored = try self.known(id)
        do {
            try await self.append(id, nil)
            self.catalog.withLock { $0[id] = nil }
            self.dispatcher.dismiss(id)
            try await self.dispatcher.log.deleteGroup(GroupName.cursor(of: id, generation: stored.generation))
        } catch { throw ServiceError(error) }
    }

    /// Stops sending an active subscription; attempts in flight still report. No effect on a paused or suspended one.
    /// - Throws: `notFound`; `unavailable`.
    public func pause(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try await self.change(id) { if $0.status == .active { $0.status = .paused } }
    }

    /// Sends again from where a pause or a suspension left off, waiting retries at once. No effect on an active one.
    /// - Throws: `notFound`; `unavailable`.
    public func resume(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try await self.change(id) { $0.status = .active }
    }

    private func hear(_ effect: DeliveryEffect) async {
        guard case .suspended(let id, let generation, let reason) = effect else { return }
        _ = try? await self.change(id) { stored in
            guard stored.generation == generation, stored.status == .active else { return }
            stored.status = .suspended
            stored.statusReason = reason
        }
    }

    /// Positions are committed first, so that the change takes effect at a recorded place.
    private func change(
        _ id: SubscriptionID, _ body: (inout StoredSubscription) -> Void
    ) async throws(ServiceError) -> SubscriptionView {
        await self.gate.enter()
        defer { self.gate.leave() }
        let old = try self.known(id)
        var stored = old
        body(&stored)
        if stored.status != .suspended { stored.statusReason = nil }
        guard stored != old else { return self.view(old) }
        let compiled = try Self.compile(stored.subscription)
        stored.revision += 1
        stored.updatedAt = DispatchClock.wall
        await self.dispatcher.commitNow()
        do { try await self.append(id, stored) } catch { throw ServiceError(error) }
        let changed = stored
        self.catalog.withLock { $0[id] = changed }
        self.dispatcher.change(changed, compiled: compiled)
        return self.view(changed)
    }

    private func known(_ id: SubscriptionID) throws(ServiceError) -> StoredSubscription {
        guard let stored = self.catalog.withLock({ $0[id] }) else {
            throw ServiceError(.notFound, "there is no subscription '\(id.name)'")
        }
        return stored
    }

    private static func compile(_ subscription: Subscription) throws(ServiceError) -> CompiledSubscription {
        do { return try CompiledSubscription(subscription) } catch {
            throw ServiceError(error)
        }
    }

    private func append(_ id: SubscriptionID, _ stored: StoredSubscription?) async throws(EventLogError) {
        try await self.dispatcher.log.store(stored, key: id.description, in: self.topicPartition)
    }

    private func view(_ stored: StoredSubscription) -> SubscriptionView {
        let standing = self.dispatcher.standing(of: stored.subscription.id)
        let status: SubscriptionView.Status =
            switch stored.status {
            case .paused: .paused
            case .suspended: .suspended
            case .active: standing?.isCatchingUp == true ? .catchingUp : .active
            }
        return SubscriptionView(
            stored: stored, status: status, lag: standing?.lag ?? 0, lastError: standing?.lastError,
            lostOffsets: standing?.lostOffsets ?? 0)
    }
}
