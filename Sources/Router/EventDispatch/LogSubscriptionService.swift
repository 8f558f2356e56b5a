import Delivery
import EventLog
import Logging
import NIOCore
import ServiceLifecycle
import Subscriptions
import Synchronization
import TenantLimits

/// Subscriptions as the compacted topic has them: every change is appended first,
/// and comes into force when it is durable.
///
/// Calls of one subscription take their turns; those of others do not wait for them.
public final class LogSubscriptionService: SubscriptionService, Service {
    /// Chores that may wait; there is one of each kind for a subscription at most in practice.
    private static let choresMax = 1_000_000
    let dispatcher: Dispatcher
    private let audit: AuditJournal?
    private let limits: (any TenantLimitSource)?
    let catalog = Mutex(SubscriptionCatalog())
    private let gate = KeyedGate<SubscriptionID>()
    let chores = RetryQueue<Chore>(itemsMax: LogSubscriptionService.choresMax)
    /// Who hears of every change and deletion, right after it is in force.
    private let followers = Mutex<[@Sendable (SubscriptionID) -> Void]>([])
    /// Applies the topic's records on a log that is shared; nil elsewhere, and before ``load()``.
    let topicFollower = Mutex<TopicFollower?>(nil)
    /// Those that the topic tells of and the dispatcher does not know yet: the log did not say where they stand.
    let unplaced = Mutex<Set<SubscriptionID>>([])
    /// What belonged to no subscription at the last look.
    let leftovers = Mutex(Leftovers())

    /// How subscriptions do that the log routes by itself, where this process takes part.
    let routeStandings = Mutex<@Sendable (SubscriptionID) -> RouteRunner.Standing?>({ _ in nil })

    /// Begins to hear when the machine suspends subscriptions. The dispatcher does not keep the service alive.
    /// - Parameters:
    ///   - audit: where suspensions and lost ranges are told.
    ///   - limits: how many subscriptions a tenant may have; nil:
    ///     ``DispatchConfiguration/subscriptionsPerTenantMax``.
    public init(dispatcher: Dispatcher, audit: AuditJournal? = nil, limits: (any TenantLimitSource)? = nil) {
        self.dispatcher = dispatcher
        self.audit = audit
        self.limits = limits
        dispatcher.listeners.withLock { listeners in
            listeners.append { [weak self] effect in self?.hear(effect) }
        }
    }

    var topicPartition: TopicPartition {
        TopicPartition(self.dispatcher.configuration.subscriptionTopic, Partition(0))
    }

    /// Stores suspensions and deletes what is left of subscriptions that are gone, each until it is done, until the
    /// process is told to end; once per instance. What is not done then is found again at the next start.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.chores.run { chore, attempt in await self.carryOut(chore, attempt) } }
                guard let follower = self.topicFollower.withLock({ $0 }) else { return }
                group.addTask { await follower.run() }
                group.addTask { await self.clearRegularly() }
            }
        }
    }

    /// All subscriptions of a tenant, by name.
    func all(tenant: String) -> [StoredSubscription] { self.catalog.withLock { $0.list(tenant: tenant) } }

    /// How many subscriptions a tenant has.
    /// - Throws: `unavailable`.
    public func count(tenant: String) async throws(ServiceError) -> Int {
        try await self.catchUp()
        return self.catalog.withLock { $0.count(tenant: tenant) }
    }

    func isKnown(_ id: SubscriptionID) -> Bool { self.catalog.withLock { $0[id] != nil } }

    func stored(_ id: SubscriptionID) -> StoredSubscription? { self.catalog.withLock { $0[id] } }

    /// Calls back after every change and deletion of a subscription.
    func follow(_ follower: @escaping @Sendable (SubscriptionID) -> Void) {
        self.followers.withLock { $0.append(follower) }
    }

    /// Resolves the start to offsets, commits the cursors of what lies before, appends, and begins to send.
    /// - Throws: `conflict` where the id is taken; `limitExceeded` over the tenant's limit; `unprocessable` for a
    ///   filter that cannot be used or a start that is nowhere; `unavailable`.
    public func create(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView {
        let id = subscription.id
        let compiled = try Self.compile(subscription)
        let sealed = try self.dispatcher.vault.sealed(secrets, for: subscription, old: nil, now: DispatchClock.wall)
        try await self.catchUp()
        try self.reserve(id)
        do {
            let stored = try await self.store(new: subscription, sealed, compiled)
            return await self.view(stored)
        } catch {
            self.catalog.withLock { $0.release(id) }
            throw error
        }
    }

    private func reserve(_ id: SubscriptionID) throws(ServiceError) {
        let configured = self.dispatcher.configuration.subscriptionsPerTenantMax
        let limit = self.limits?.limits(of: id.tenant).cap(.subscriptions) ?? configured
        switch self.catalog.withLock({ $0.reserve(id, perTenantMax: limit) }) {
        case .reserved: return
        case .taken:
            throw ServiceError(.conflict, "the id '\(id.name)' is taken: choose another, or change that one with PUT")
        case .tooMany:
            throw ServiceError(
                .limitExceeded, "the tenant has at most \(limit) subscriptions (limit 'subscriptions'): delete one",
                limit: .init("subscriptions", limit))
        }
    }

    private func store(
        new subscription: Subscription, _ secrets: SealedSecrets, _ compiled: CompiledSubscription
    ) async throws(ServiceError) -> StoredSubscription {
        let id = subscription.id
        await self.gate.enter(id)
        defer { self.gate.leave(id) }
        try await self.dispatcher.check(subscription.config.start)
        try await self.checkTarget(of: subscription)
        let hold = self.dispatcher.core.step { state, _ in state.machine.holdTails() }
        defer { self.dispatcher.core.step { state, _ in state.machine.releaseTails(hold) } }
        let starts: Dispatcher.Starts
        do { starts = try await self.dispatcher.resolve(subscription.config.start) } catch {
            throw ServiceError(error)
        }
        let now = DispatchClock.wall
        var stored = StoredSubscription(
            subscription: subscription, generation: RandomName.make(8), createdAt: now, updatedAt: now,
            startOffsets: starts.offsets, secrets: secrets)
        stored.beWanted()
        let group = GroupName.cursor(of: id, generation: stored.generation)
        // On a shared log it may be any process that finds the subscription without having seen it made.
        let isShared = self.dispatcher.log.isShared
        let isRouted = self.dispatcher.isRouted(subscription)
        let cursors = (isShared ? starts.all : starts.behind).map { topicPartition, offset in
            GroupCommit(
                group: group, topicPartition: topicPartition,
                committed: isRouted
                    ? CommittedOffset(offset: offset)
                    : SubscriptionCursor(
                        generation: stored.generation, isDetached: true, position: offset.value
                    ).committed)
        }
        do {
            if !cursors.isEmpty { try await self.dispatcher.log.commit(cursors) }
            if !isShared { try await self.append(id, stored) }
        } catch { throw ServiceError(error) }
        if isShared { return try await self.settle(new: stored) }
        self.catalog.withLock { $0.put(stored) }
        self.dispatcher.introduce(
            stored, compiled: compiled,
            cursors: Dictionary(uniqueKeysWithValues: cursors.map { ($0.topicPartition, $0.committed) }),
            isNew: true)
        self.tellFollowers(id)
        return stored
    }

    /// A subscription as it is stored, with its lag and last error as of now.
    /// - Throws: `notFound`.
    public func get(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try await self.catchUp()
        let stored = try self.known(id)
        return self.view(stored, try await self.elsewhere(stored))
    }

    /// A tenant's subscriptions by name. The cursor is the name of the last one.
    /// - Throws: `unavailable`, on a log that is shared only: elsewhere all is in memory.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<SubscriptionView> {
        try await self.catchUp()
        let found = self.catalog.withLock { $0.list(tenant: tenant, after: page.cursor, limit: page.limit + 1) }
        let elsewhere = try await self.elsewhere(tenant: tenant)
        return Page(
            of: found, limit: page.limit, bytes: { $0.subscription.sizeBytes }, cursor: { $0.subscription.id.name }
        ) { self.view($0, elsewhere) }
    }

    /// Takes effect for all that was not read for the subscription yet, from a position that is durable before the
    /// change is; what was matched keeps its match. Stores nothing where nothing differs. Durable when this returns.
    /// - Throws: `notFound`; `unprocessable` for a filter that cannot be used; `unavailable`, also where the position
    ///   could not be stored.
    public func update(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView {
        try await self.checkTarget(of: subscription)
        let vault = self.dispatcher.vault
        return try await self.change(subscription.id) { (stored, _) throws(ServiceError) in
            try Self.checkKind(stored.subscription, subscription)
            stored.secrets = try vault.sealed(secrets, for: subscription, old: stored, now: DispatchClock.wall)
            let start = stored.subscription.config.start
            stored.subscription = subscription
            stored.subscription.config.start = start
            if !subscription.protocolSettings.handshake { stored.agreement = nil }
            if stored.status != .paused { stored.beWanted() }
        }
    }

    /// Durably gone when this returns; attempts in flight are abandoned, replays to it fail. Its dead letters stay.
    /// - Throws: `notFound`; `unavailable`.
    public func delete(_ id: SubscriptionID) async throws(ServiceError) {
        await self.gate.enter(id)
        defer { self.gate.leave(id) }
        try await self.catchUp()
        let stored = try self.known(id)
        if self.dispatcher.log.isShared {
            try await self.settle(deleted: stored)
        } else {
            do { try await self.append(id, nil) } catch { throw ServiceError(error) }
            self.catalog.withLock { $0.remove(id) }
            self.dispatcher.dismiss(id)
            self.tellFollowers(id)
        }
        let group = GroupName.cursor(of: id, generation: stored.generation)
        do { try await self.dispatcher.log.deleteGroup(group) } catch { self.chores.add(.deleteGroup(group)) }
    }

    /// Stops sending an active subscription; attempts in flight still report. No effect on a paused or suspended one.
    /// - Throws: `notFound`; `unavailable`.
    public func pause(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try await self.change(id) { stored, _ in if stored.status == .active { stored.status = .paused } }
    }

    /// Sends again from where a pause or a suspension left off, waiting retries at once. No effect on an active one.
    /// - Throws: `notFound`; `conflict` where its stored form cannot be read; `unavailable`.
    public func resume(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try await self.change(id) { (stored, fault) throws(ServiceError) in
            if let fault { throw ServiceError(.conflict, "\(fault): replace the subscription with PUT, or delete it") }
            stored.beWanted()
        }
    }

    /// Asks for a suspension; it is stored by ``run()``.
    func suspend(_ suspension: Suspension) {
        if !self.chores.add(.suspend(suspension)) {
            self.dispatcher.logger.error(
                "a suspension cannot be stored: too much waits", metadata: .subscription(suspension.id))
        }
    }

    private func hear(_ effect: DeliveryEffect) {
        switch effect {
        case .suspended(let id, let generation, let reason) where self.isKnown(id):
            let dispatcher = self.dispatcher
            self.suspend(
                Suspension(id: id, generation: generation, reason: reason) {
                    dispatcher.specification(of: id, generation: generation)?.status == .suspended
                })
        case .rangeLost(let id, let topicPartition, let from, let to):
            guard let stored = self.stored(id) else { return }
            self.audit?.note(
                .rangeLost(
                    .init(tenant: id.tenant, name: id.name, generation: stored.generation), topicPartition, from: from,
                    to: to))
        default: break
        }
    }

    private func carryOut(_ chore: Chore, _ attempt: Int) async -> Bool {
        do throws(EventLogError) {
            switch chore {
            case .suspend(let suspension): try await self.store(suspension)
            case .deleteGroup(let group): try await self.dispatcher.log.deleteGroup(group)
            case .bury(let key): try await self.bury(key)
            }
            return true
        } catch {
            if attempt == 1 {
                self.dispatcher.logger.warning(
                    "the state of a subscription could not be stored and is tried again",
                    metadata: ["error": "\(error)"])
            }
            return error.code == .closed
        }
    }

    private func store(_ suspension: Suspension) async throws(EventLogError) {
        let id = suspension.id
        await self.gate.enter(id)
        defer { self.gate.leave(id) }
        try await self.topicFollower.withLock({ $0 })?.catchUp()
        guard var stored = self.stored(id), stored.generation == suspension.generation, stored.status == .active,
            suspension.isCurrent()
        else { return }
        stored.status = .suspended
        stored.statusReason = suspension.reason
        stored.revision += 1
        stored.updatedAt = DispatchClock.wall
        let changed = stored
        if self.dispatcher.log.isShared {
            // Where it was deleted meanwhile, there is nothing to tell any more.
            do throws(ServiceError) { _ = try await self.settle(changed) } catch {
                if error.code == .notFound { return }
                throw EventLogError(.unavailable, error.message)
            }
        } else {
            try await self.append(id, changed)
            self.bringIntoForce(changed)
        }
        self.audit?.note(
            .suspended(
                .init(tenant: id.tenant, name: id.name, generation: changed.generation), revision: changed.revision,
                reason: suspension.reason))
    }

    /// A change of what is wanted takes effect at a position that is stored first.
    func change(
        _ id: SubscriptionID,
        _ body: (inout StoredSubscription, _ fault: String?) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> SubscriptionView {
        await self.gate.enter(id)
        defer { self.gate.leave(id) }
        try await self.catchUp()
        let old = try self.known(id)
        let fault = self.catalog.withLock { $0.faults[id] }
        var stored = old
        try body(&stored, fault)
        if stored.status != .suspended { stored.statusReason = nil }
        guard stored != old else {
            try self.bringBackIntoForce(old)
            return await self.view(old)
        }
        let compiled = try Self.compile(stored.subscription)
        stored.revision += 1
        stored.updatedAt = DispatchClock.wall
        let changed = stored
        do {
            if changed.subscription != old.subscription { try await self.dispatcher.recordPositions() }
            if !self.dispatcher.log.isShared { try await self.append(id, changed) }
        } catch { throw ServiceError(error) }
        if self.dispatcher.log.isShared { return await self.view(try await self.settle(changed)) }
        self.catalog.withLock { $0.put(changed) }
        self.dispatcher.change(changed, compiled: compiled)
        self.tellFollowers(id)
        return await self.view(changed)
    }

    /// Nothing has to be stored, but the machine may have suspended the subscription since.
    private func bringBackIntoForce(_ stored: StoredSubscription) throws(ServiceError) {
        let id = stored.subscription.id
        guard let known = self.dispatcher.specification(of: id, generation: stored.generation),
            known.status != stored.status
        else { return }
        self.dispatcher.change(stored, compiled: try Self.compile(stored.subscription))
        self.tellFollowers(id)
    }

    private func bringIntoForce(_ changed: StoredSubscription) {
        self.catalog.withLock { $0.put(changed) }
        if let compiled = try? CompiledSubscription(changed.subscription) {
            self.dispatcher.change(changed, compiled: compiled)
        }
        self.tellFollowers(changed.subscription.id)
    }

    func tellFollowers(_ id: SubscriptionID) {
        for follower in self.followers.withLock({ $0 }) { follower(id) }
    }

    private static func compile(_ subscription: Subscription) throws(ServiceError) -> CompiledSubscription {
        do { return try CompiledSubscription(subscription) } catch {
            throw ServiceError(error)
        }
    }

    private func append(_ id: SubscriptionID, _ stored: StoredSubscription?) async throws(EventLogError) {
        try await self.dispatcher.log.store(stored, key: id.description, in: self.topicPartition)
    }
}
