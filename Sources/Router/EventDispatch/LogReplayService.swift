import Delivery
import EventLog
import Logging
import ServiceLifecycle
import Subscriptions
import Synchronization

/// Replays as the compacted topic has them; each is a subscription of its own in the delivery machine, with an end.
///
/// A replay to a subscription follows it: it is held while the subscription is paused or suspended, a change takes
/// effect for what the replay has not read yet, and it fails where the subscription is deleted.
public final class LogReplayService: ReplayService, Service {
    /// What the router owes the log on its own account.
    enum Chore {
        case complete(ReplayKey, delivered: Int64, deadLettered: Int64)
        case fail(ReplayKey, reason: String)
        case deleteGroup(ConsumerGroup)
    }

    /// Chores that may wait; there is one of each kind for a replay at most in practice.
    private static let choresMax = 1_000_000
    /// How often ended replays are looked through, in milliseconds.
    private static let forgetIntervalMilliseconds: Int64 = 60_000
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    let audit: AuditJournal?
    let shelf = Mutex(ReplayShelf())
    let gate = KeyedGate<ReplayKey>()
    let chores = RetryQueue<Chore>(itemsMax: LogReplayService.choresMax)
    /// Taken while the machine is told what a replay is: the last to tell it has seen the newest subscription.
    let telling = Mutex(())
    let counts: Mutex<ReplayCounts>
    private let countWakes: AsyncStream<Void>
    private let countWake: AsyncStream<Void>.Continuation

    /// Begins to hear when replays complete or fail, and how subscriptions change. Neither the dispatcher nor the
    /// subscriptions keep the service alive.
    /// - Parameter audit: where beginnings and ends of replays are told.
    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService, audit: AuditJournal? = nil) {
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
        self.audit = audit
        self.counts = Mutex(ReplayCounts(runningMax: dispatcher.configuration.replayCountersMax))
        (self.countWakes, self.countWake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        dispatcher.listeners.withLock { listeners in
            listeners.append { [weak self] effect in self?.hear(effect) }
        }
        subscriptions.follow { [weak self] id in self?.followChange(of: id) }
    }

    var topicPartition: TopicPartition {
        TopicPartition(self.dispatcher.configuration.replayTopic, Partition(0))
    }

    /// Counts and begins replays (of several tenants at the same time, one each), stores how they end until it is
    /// stored, and forgets old ones, until the process is told to end; once per instance. What is not done then is
    /// taken up by the next start: a count begins anew.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.chores.run { chore, attempt in await self.carryOut(chore, attempt) } }
                group.addTask { await self.forgetRegularly() }
                for await _ in self.countWakes {
                    while let count = self.counts.withLock({ $0.start() }) {
                        group.addTask {
                            await self.perform(count)
                            self.counts.withLock { $0.finish(count) }
                            self.countWake.yield()
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    func wakeCounting() { self.countWake.yield() }

    /// Fixes the range to offsets, stores the replay and queues it for ``run()``, which counts and then sends; the
    /// answer has the status `counting`. With `dryRun` nothing is stored: counts before it returns, and stops counting
    /// where the task is cancelled.
    /// - Throws: `notFound` for an unknown subscription; `unprocessable` for a topic or partition that events are not
    ///   routed to, two ranges of one partition, a filter that cannot be used, or a dry run over more than
    ///   ``DispatchConfiguration/dryRunRecordsMax``; `limitExceeded` over
    ///   ``DispatchConfiguration/replaysPerTenantMax``, or for too many dry runs at once; `unavailable`.
    public func create(_ request: ReplayRequest) async throws(ServiceError) -> ReplayView {
        var generation: String?
        if case .subscription(let name) = request.target {
            let id = SubscriptionID(tenant: request.tenant, name: name)
            guard let stored = self.subscriptions.stored(id) else { throw Self.noSubscription(name) }
            generation = stored.generation
        }
        let ranges = try await self.ranges(of: request)
        let replay = StoredReplay(request, ranges: ranges, subscriptionGeneration: generation)
        let compiled = try self.compile(replay)
        if request.dryRun { return try await self.dryRun(replay, compiled) }
        let limit = self.dispatcher.configuration.replaysPerTenantMax
        guard self.shelf.withLock({ $0.reserve(tenant: replay.tenant, max: limit) }) else {
            throw ServiceError(
                .limitExceeded, "a tenant has at most \(limit) replays under way: wait for one to end, or cancel one")
        }
        defer { self.shelf.withLock { $0.release(tenant: replay.tenant) } }
        try await self.store(replay)
        self.tell(.started, replay)
        self.queueCount(replay.key)
        return self.view(replay)
    }

    func queueCount(_ key: ReplayKey) {
        self.counts.withLock { $0.add(key) }
        self.wakeCounting()
    }

    /// A replay with its numbers as of now.
    /// - Throws: `notFound`, also for another tenant's.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        self.view(try self.known(ReplayKey(tenant: tenant, id: id)))
    }

    /// A tenant's replays, newest first, all from memory. The cursor is the id of the last one. Never throws.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView> {
        let all = self.shelf.withLock { $0.list(tenant: tenant) }
            .filter { replay in page.cursor.map { replay.id < $0 } ?? true }
        return Page(
            items: all.prefix(page.limit).map { self.view($0) },
            nextCursor: all.count > page.limit ? all[page.limit - 1].id : nil)
    }

    /// Stops counting or sending; attempts in flight still report. No effect on one that is paused. Durable when this
    /// returns; changes of one replay are made one at a time, in the order of the calls.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    public func pause(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(ReplayKey(tenant: tenant, id: id)) { $0.status = .paused }
    }

    /// Goes on where it was paused; a count begins anew. No effect on one that is not paused.
    /// - Throws: `notFound`; `conflict` where it has ended, or cannot be read; `unavailable`.
    public func resume(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(ReplayKey(tenant: tenant, id: id)) { replay throws(ServiceError) in
            guard !replay.isUnreadable else {
                throw ServiceError(.conflict, "what is stored of the replay cannot be read: cancel it")
            }
            if replay.status == .paused { replay.status = replay.needsCount ? .counting : .running }
        }
    }

    /// Ends a replay for good; attempts in flight are abandoned, and what they delivered is not counted.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    public func cancel(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(ReplayKey(tenant: tenant, id: id)) { $0.status = .cancelled }
    }

    private func hear(_ effect: DeliveryEffect) {
        switch effect {
        case .replayCompleted(let id, let delivered, let deadLettered):
            guard let key = ReplayKey(machineID: id) else { return }
            self.add(.complete(key, delivered: delivered, deadLettered: deadLettered))
        case .suspended(let id, let generation, let reason):
            guard let key = ReplayKey(machineID: id), let replay = self.replay(key) else { return }
            guard let name = replay.subscription, let ownGeneration = replay.subscriptionGeneration else {
                return self.add(.fail(key, reason: reason))
            }
            // What the sink said to the replay it said to the subscription: both stop, and go on together.
            let dispatcher = self.dispatcher
            self.subscriptions.suspend(
                .init(id: SubscriptionID(tenant: key.tenant, name: name), generation: ownGeneration, reason: reason) {
                    dispatcher.specification(of: id, generation: generation)?.status == .suspended
                })
        case .rangeLost(let id, let topicPartition, let from, let to):
            guard let key = ReplayKey(machineID: id), let replay = self.replay(key) else { return }
            let name = replay.subscription ?? replay.id
            self.audit?.note(
                .rangeLost(
                    .init(tenant: key.tenant, name: name, generation: replay.generation), replay: replay.id,
                    topicPartition, from: from, to: to))
        default: break
        }
    }

    func add(_ chore: Chore) {
        if !self.chores.add(chore) {
            self.dispatcher.logger.error("the end of a replay cannot be stored: too much waits")
        }
    }

    private func carryOut(_ chore: Chore, _ attempt: Int) async -> Bool {
        do throws(ServiceError) {
            switch chore {
            case .complete(let key, let delivered, let deadLettered):
                _ = try await self.change(key) { replay in
                    replay.status = .done
                    replay.delivered = delivered
                    replay.failed = deadLettered
                }
            case .fail(let key, let reason):
                _ = try await self.change(key) { replay in
                    replay.status = .failed
                    replay.error = reason
                }
            case .deleteGroup(let group):
                do { try await self.dispatcher.log.deleteGroup(group) } catch { throw ServiceError(error) }
            }
            return true
        } catch {
            guard error.code == .unavailable else { return true }
            if attempt == 1 {
                self.dispatcher.logger.warning(
                    "the state of a replay could not be stored and is tried again",
                    metadata: ["error": "\(error.message)"])
            }
            return false
        }
    }

    /// Stores a change, and brings it into force. Nothing is stored where the status stays.
    private func change(
        _ key: ReplayKey, _ body: (inout StoredReplay) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> ReplayView {
        await self.gate.enter(key)
        defer { self.gate.leave(key) }
        let old = try self.known(key)
        if old.isEnded {
            throw ServiceError(.conflict, "the replay '\(key.id)' has ended (\(old.status.rawValue))")
        }
        var replay = old
        try body(&replay)
        guard replay.status != old.status else { return self.view(old) }
        if replay.isEnded {
            let standing = self.dispatcher.standing(of: replay.machineID)
            replay.finishedAt = DispatchClock.wall.milliseconds
            replay.delivered = max(replay.delivered, standing?.delivered ?? 0)
            replay.failed = max(replay.failed, standing?.deadLettered ?? 0)
        }
        try await self.store(replay)
        self.counts.withLock { $0.cancel(key) }
        if replay.isEnded {
            self.retire(replay)
        } else if replay.status == .counting {
            self.queueCount(key)
        } else {
            self.bringIntoForce(key)
        }
        return self.view(replay)
    }

    private func retire(_ replay: StoredReplay) {
        self.telling.withLock { _ in self.dispatcher.dismiss(replay.machineID) }
        self.add(.deleteGroup(GroupName.cursor(of: replay.machineID, generation: replay.generation)))
        switch replay.status {
        case .done: self.tell(.completed, replay)
        case .cancelled: self.tell(.cancelled, replay)
        default: self.tell(.failed, replay)
        }
    }

    func known(_ key: ReplayKey) throws(ServiceError) -> StoredReplay {
        guard let replay = self.replay(key) else {
            throw ServiceError(.notFound, "there is no replay '\(key.id)'")
        }
        return replay
    }

    func replay(_ key: ReplayKey) -> StoredReplay? { self.shelf.withLock { $0[key] } }

    func store(_ replay: StoredReplay) async throws(ServiceError) {
        do {
            try await self.dispatcher.log.store(replay, key: replay.key.description, in: self.topicPartition)
        } catch { throw ServiceError(error) }
        self.shelf.withLock { $0.put(replay) }
    }

    private func forgetRegularly() async {
        while !Task.isCancelled {
            await self.forgetOld(now: DispatchClock.wall.milliseconds)
            try? await Task.sleep(for: .milliseconds(Self.forgetIntervalMilliseconds))
        }
    }

    /// Forgets replays that ended long ago, durably; where the log cannot be written, later.
    func forgetOld(now: Int64) async {
        let configuration = self.dispatcher.configuration
        let expired = self.shelf.withLock { shelf in
            shelf.expired(
                endedBeforeMilliseconds: now - configuration.replayRetentionMilliseconds,
                perTenantMax: configuration.endedReplaysPerTenantMax)
        }
        for key in expired {
            await self.gate.enter(key)
            defer { self.gate.leave(key) }
            do {
                try await self.dispatcher.log.store(
                    nil as StoredReplay?, key: key.description, in: self.topicPartition)
            } catch { return }
            self.shelf.withLock { $0.remove(key) }
            self.dispatcher.deadLetters.forgetReplay(key)
        }
    }

    func view(_ replay: StoredReplay) -> ReplayView {
        let standing = replay.isEnded ? nil : self.dispatcher.standing(of: replay.machineID)
        return ReplayView(
            id: replay.id, request: replay.request, status: replay.status, matched: replay.matched,
            delivered: standing?.delivered ?? replay.delivered, failed: standing?.deadLettered ?? replay.failed,
            createdAt: Timestamp(milliseconds: replay.createdAt),
            finishedAt: replay.finishedAt.map { Timestamp(milliseconds: $0) }, error: replay.error)
    }
}
