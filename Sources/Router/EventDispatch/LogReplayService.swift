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
///
/// Where several processes share the log, one of them sends all replays: the one that partition 0 of the replays topic
/// is assigned to. The others store what they are asked for, and the first brings it into force when it comes to it.
public final class LogReplayService: ReplayService, Service {
    /// What the router owes the log on its own account.
    enum Chore: Retryable {
        case complete(ReplayKey, delivered: Int64, deadLettered: Int64)
        case fail(ReplayKey, reason: String)
        case deleteGroup(ConsumerGroup)
        /// Begin one that has been counted, or with nil all that have not ended, where they were committed last.
        case takeUp(ReplayKey?, term: UInt64)

        /// What it is about.
        enum Subject: Hashable {
            case replay(ReplayKey)
            case allReplays
            case group(ConsumerGroup)
        }

        var retryKey: Subject {
            switch self {
            case .complete(let key, _, _), .fail(let key, _): .replay(key)
            case .deleteGroup(let group): .group(group)
            case .takeUp(let key, _): key.map { .replay($0) } ?? .allReplays
            }
        }
    }

    /// Whether this process sends the replays.
    struct Lead: Sendable {
        var isHeld: Bool
        /// How often it came.
        var term: UInt64 = 0
    }

    /// Chores that may wait; there is one of each kind for a replay at most in practice.
    private static let choresMax = 1_000_000
    /// How often ended replays are looked through, in milliseconds.
    private static let forgetIntervalMilliseconds: Int64 = 60_000
    /// How often a change that another process was quicker than is made again.
    private static let changesMax = 20
    let dispatcher: Dispatcher
    /// Sends the replays: the dispatcher itself where this process has the log alone.
    let sender: Dispatcher
    let subscriptions: LogSubscriptionService
    let audit: AuditJournal?
    let shelf = Mutex(ReplayShelf())
    let gate = KeyedGate<ReplayKey>()
    let chores = RetryQueue<Chore>(itemsMax: LogReplayService.choresMax)
    /// Taken while the machine is told what a replay is: the last to tell it has seen the newest subscription.
    let telling: Mutex<Lead>
    /// Held while the lead comes or goes.
    let leading = SerialGate()
    /// Follows the topic where several processes share the log; set once, by the initializer.
    let following = Mutex<TopicFollower?>(nil)
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
        let isShared = dispatcher.log.isShared
        self.sender = isShared ? Dispatcher(replaysOf: dispatcher) : dispatcher
        self.telling = Mutex(Lead(isHeld: !isShared))
        self.counts = Mutex(ReplayCounts(runningMax: dispatcher.configuration.replayCountersMax))
        (self.countWakes, self.countWake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.sender.listeners.withLock { listeners in
            listeners.append { [weak self] effect in self?.hear(effect) }
        }
        subscriptions.follow { [weak self] id in self?.followChange(of: id) }
        if isShared { self.share() }
    }

    var topicPartition: TopicPartition {
        TopicPartition(self.dispatcher.configuration.replayTopic, Partition(0))
    }

    /// Counts and begins replays (of several tenants at the same time, one each), stores how they end until it is
    /// stored, and forgets old ones, until the process is told to end; once per instance. What is not done then is
    /// taken up by the next start: a count begins anew.
    public func run() async throws {
        guard let follower else { return await self.work() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.sender.sendReplays() }
            group.addTask { await cancelWhenGracefulShutdown { await follower.run() } }
            group.addTask { await self.resignAtTheEnd() }
            await self.work()
        }
    }

    private func work() async {
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
        try await self.catchUp()
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
        _ = try await self.store(replay)
        self.tell(.started, replay)
        self.follow(replay, from: nil)
        return self.view(replay)
    }

    func queueCount(_ key: ReplayKey) {
        self.counts.withLock { $0.add(key) }
        self.wakeCounting()
    }

    /// A replay with its numbers as of now.
    /// - Throws: `notFound`, also for another tenant's.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.catchUp()
        let replay = try self.known(ReplayKey(tenant: tenant, id: id))
        return self.view(replay, try await self.progress(of: [replay]))
    }

    /// A tenant's replays, newest first, all from memory where this process has the log alone: then it never throws.
    /// The cursor is the id of the last one.
    /// - Throws: `unavailable`.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView> {
        try await self.catchUp()
        let all = self.shelf.withLock { $0.list(tenant: tenant) }
            .filter { replay in page.cursor.map { replay.id < $0 } ?? true }
        let progress = try await self.progress(of: all.prefix(page.limit))
        return Page(
            items: all.prefix(page.limit).map { self.view($0, progress) },
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
            let dispatcher = self.sender
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
            case .takeUp(let key, let term): try await self.takeUp(key, term: term)
            }
            return true
        } catch {
            if Self.isSettled(error) { return true }
            if attempt == 1 {
                self.dispatcher.logger.warning(
                    "the state of a replay could not be stored and is tried again",
                    metadata: ["error": "\(error.message)"])
            }
            return false
        }
    }

    /// Whether a refusal stays what it is: another replay, or another end of it, was quicker, or it cannot be stored at
    /// all. A topic that a broker does not know may be known in a moment.
    private static func isSettled(_ error: ServiceError) -> Bool {
        switch error.code {
        case .notFound, .conflict, .limitExceeded: true
        case .invalid, .unprocessable, .unavailable: false
        }
    }

    /// Stores a change, and brings it into force. Nothing is stored where the status stays. Where another process was
    /// quicker, the change is made again to what that one stored.
    private func change(
        _ key: ReplayKey, _ body: (inout StoredReplay) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> ReplayView {
        await self.gate.enter(key)
        defer { self.gate.leave(key) }
        for _ in 0..<Self.changesMax {
            try await self.catchUp()
            let old = try self.known(key)
            if old.isEnded {
                throw ServiceError(.conflict, "the replay '\(key.id)' has ended (\(old.status.rawValue))")
            }
            var replay = old
            try body(&replay)
            let progress = try await self.progress(of: [old])
            guard replay.status != old.status else { return self.view(old, progress) }
            if replay.isEnded {
                let sent = self.sent(old, progress)
                replay.finishedAt = DispatchClock.wall.milliseconds
                replay.delivered = max(replay.delivered, sent.delivered)
                replay.failed = max(replay.failed, sent.deadLettered)
            }
            guard try await self.store(replay) else { continue }
            self.follow(replay, from: old)
            self.tellEnd(of: replay)
            return self.view(replay, progress)
        }
        throw ServiceError(.unavailable, "the replay '\(key.id)' is being changed by others: try again")
    }

    /// What a stored change means for what is under way here. On a shared log the follower sees to it, see
    /// ``apply(_:)``.
    private func follow(_ replay: StoredReplay, from old: StoredReplay?) {
        if self.follower == nil { self.bringIntoForce(replay, from: old) }
    }

    private func tellEnd(of replay: StoredReplay) {
        switch replay.status {
        case .done: self.tell(.completed, replay)
        case .cancelled: self.tell(.cancelled, replay)
        case .failed: self.tell(.failed, replay)
        case .counting, .running, .paused: break
        }
    }

    func known(_ key: ReplayKey) throws(ServiceError) -> StoredReplay {
        guard let replay = self.replay(key) else {
            throw ServiceError(.notFound, "there is no replay '\(key.id)'")
        }
        return replay
    }

    func replay(_ key: ReplayKey) -> StoredReplay? { self.shelf.withLock { $0[key] } }

    private func forgetRegularly() async {
        while !Task.isCancelled {
            await self.forgetOld(now: DispatchClock.wall.milliseconds)
            try? await Task.sleep(for: .milliseconds(Self.forgetIntervalMilliseconds))
        }
    }

    /// Forgets replays that ended long ago, durably; where the log cannot be written, later.
    func forgetOld(now: Int64) async {
        let configuration = self.dispatcher.configuration
        guard self.isLeading else { return }
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
            self.forget(key)
        }
    }

    func forget(_ key: ReplayKey) {
        self.shelf.withLock { $0.remove(key) }
        self.dispatcher.deadLetters.forgetReplay(key)
    }

    /// - Parameter progress: what others have sent of it, see ``progress(of:)``.
    func view(_ replay: StoredReplay, _ progress: [ReplayKey: Progress] = [:]) -> ReplayView {
        let sent = self.sent(replay, progress)
        return ReplayView(
            id: replay.id, request: replay.request, status: replay.status, matched: replay.matched,
            delivered: sent.delivered, failed: sent.deadLettered,
            createdAt: Timestamp(milliseconds: replay.createdAt),
            finishedAt: replay.finishedAt.map { Timestamp(milliseconds: $0) }, error: replay.error)
    }
}
