import CloudEvents
import Delivery
import EventLog
import NIOCore
import ServiceLifecycle
import Subscriptions
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replays as the compacted topic has them; each is a subscription of its own in the delivery machine, with an end.
public final class LogReplayService: ReplayService, Service {
    private let dispatcher: Dispatcher
    private let subscriptions: LogSubscriptionService
    private let replays = Mutex<[String: StoredReplay]>([:])
    private let gate = SerialGate()
    /// Keys of replays to be counted and begun; bounded by how many replays there are.
    private let toCount: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    /// Begins to hear when replays complete or fail. The dispatcher does not keep the service alive.
    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService) {
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
        (self.toCount, self.continuation) = AsyncStream.makeStream(of: String.self)
        dispatcher.listeners.withLock { listeners in
            listeners.append { [weak self] effect in await self?.hear(effect) }
        }
    }

    private var topicPartition: TopicPartition {
        TopicPartition(self.dispatcher.configuration.replayTopic, Partition(0))
    }

    /// Reads the topic and goes on with what was under way.
    public func load() async throws {
        var loaded: [String: StoredReplay] = [:]
        for (key, value) in try await self.dispatcher.log.compacted(self.topicPartition) {
            loaded[key] = try JSONDecoder().decode(StoredReplay.self, from: Data(value.readableBytesView))
        }
        let replays = loaded
        self.replays.withLock { $0 = replays }
        let committed = try await self.dispatcher.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        for (key, replay) in replays.sorted(by: { $0.key < $1.key }) where !replay.isEnded {
            if replay.status == .counting {
                self.continuation.yield(key)
            } else {
                let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
                self.begin(replay, cursors: committed[group] ?? [:])
            }
        }
    }

    /// Counts and begins replays, one after the other.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await key in self.toCount { await self.countAndBegin(key) }
        }
    }

    /// Fixes the range to offsets, stores the replay and queues it for ``run()``, which counts and then sends; the
    /// answer has the status `counting`. With `dryRun` nothing is stored: counts before it returns, and stops counting
    /// where the task is cancelled.
    /// - Throws: `notFound` for an unknown subscription; `unprocessable` for a topic that events are not routed to or a
    ///   filter that cannot be used; `unavailable`.
    public func create(_ request: ReplayRequest) async throws(ServiceError) -> ReplayView {
        let ranges: [StoredReplay.Range]
        do { ranges = try await self.ranges(of: request) } catch { throw ServiceError(error) }
        var replay = StoredReplay(request, ranges: ranges)
        let compiled = try self.compile(replay)
        if request.dryRun {
            do { replay.matched = try await self.count(replay, compiled) } catch { throw ServiceError(error) }
            replay.status = .done
            return self.view(replay)
        }
        try await self.store(replay)
        self.continuation.yield(replay.key)
        return self.view(replay)
    }

    /// A replay with its numbers as of now.
    /// - Throws: `notFound`, also for another tenant's.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        self.view(try self.known(id, tenant))
    }

    /// A tenant's replays, newest first, all from memory. The cursor is the id of the last one. Never throws.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView> {
        let all = self.replays.withLock { $0.values.filter { $0.tenant == tenant } }
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
            .filter { replay in page.cursor.map { replay.id < $0 } ?? true }
        return Page(
            items: all.prefix(page.limit).map { self.view($0) },
            nextCursor: all.count > page.limit ? all[page.limit - 1].id : nil)
    }

    /// Stops sending; attempts in flight still report. No effect on one that is counting or paused. Durable when this
    /// returns; changes of replays are made one at a time, in the order of the calls.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    public func pause(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(id, tenant) { if $0.status == .running { $0.status = .paused } }
    }

    /// Goes on where it was paused. No effect on one that is not.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`.
    public func resume(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(id, tenant) { if $0.status == .paused { $0.status = .running } }
    }

    /// Ends a replay for good; attempts in flight are abandoned, and what they delivered is not counted.
    /// - Throws: `notFound`; `conflict` where it has ended; `unavailable`, also where it has ended but its cursors
    ///   could not be deleted.
    public func cancel(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try await self.change(id, tenant) { $0.status = .cancelled }
    }

    private func hear(_ effect: DeliveryEffect) async {
        switch effect {
        case .replayCompleted(let id, let delivered, let deadLettered):
            await self.end(id) { replay in
                replay.status = .done
                replay.delivered = delivered
                replay.failed = deadLettered
            }
        case .suspended(let id, _, let reason):
            await self.end(id) { replay in
                replay.status = .failed
                replay.error = reason
            }
        default: break
        }
    }

    private func end(_ id: SubscriptionID, _ body: (inout StoredReplay) -> Void) async {
        guard id.name.hasPrefix("replay:") else { return }
        _ = try? await self.change(String(id.name.dropFirst("replay:".count)), id.tenant, body)
    }

    private func change(
        _ id: String, _ tenant: String, _ body: (inout StoredReplay) -> Void
    ) async throws(ServiceError) -> ReplayView {
        await self.gate.enter()
        defer { self.gate.leave() }
        var replay = try self.known(id, tenant)
        if replay.isEnded {
            throw ServiceError(.conflict, "the replay '\(id)' has ended (\(replay.status.rawValue))")
        }
        body(&replay)
        let standing = self.dispatcher.standing(of: replay.machineID)
        if replay.isEnded {
            replay.finishedAt = DispatchClock.wall.milliseconds
            replay.delivered = max(replay.delivered, standing?.delivered ?? 0)
            replay.failed = max(replay.failed, standing?.deadLettered ?? 0)
        }
        try await self.store(replay)
        if replay.isEnded {
            self.dispatcher.dismiss(replay.machineID)
            let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
            do { try await self.dispatcher.log.deleteGroup(group) } catch { throw ServiceError(error) }
        } else if let specification = self.specification(replay) {
            self.dispatcher.changeReplay(specification)
        }
        return self.view(replay)
    }

    private func countAndBegin(_ key: String) async {
        guard var replay = self.replays.withLock({ $0[key] }), replay.status == .counting else { return }
        do {
            replay.matched = try await self.count(replay, try self.compile(replay))
            await self.gate.enter()
            defer { self.gate.leave() }
            guard self.replays.withLock({ $0[key]?.status }) == .counting else { return }
            replay.status = .running
            try await self.store(replay)
            self.begin(replay, cursors: [:])
        } catch {
            _ = try? await self.change(replay.id, replay.tenant) { replay in
                replay.status = .failed
                replay.error = "the range could not be counted: \(error)"
            }
        }
    }

    private func begin(_ replay: StoredReplay, cursors: [TopicPartition: CommittedOffset]) {
        guard let compiled = try? self.compile(replay), let specification = self.specification(replay) else { return }
        let starts = replay.ranges.map { ($0.topicPartition, Offset($0.from)) }
        self.dispatcher.introduceReplay(
            specification, compiled: compiled, starts: Dictionary(uniqueKeysWithValues: starts),
            cursors: cursors.compactMapValues { SubscriptionCursor($0) })
    }

    private func specification(_ replay: StoredReplay) -> DeliverySpecification? {
        guard let subscription = try? self.target(replay) else { return nil }
        return DeliverySpecification(
            id: replay.machineID, generation: replay.generation, config: subscription.config,
            destination: Destination(subscription), status: replay.status == .paused ? .paused : .active,
            replayID: replay.id,
            until: Dictionary(uniqueKeysWithValues: replay.ranges.map { ($0.topicPartition, $0.to) }))
    }

    /// The subscription that a replay is like: the named one's sink, settings and filters, or an isolated sink.
    private func target(_ replay: StoredReplay) throws(ServiceError) -> Subscription {
        var subscription: Subscription
        if let name = replay.subscription {
            guard let stored = self.subscriptions.stored(SubscriptionID(tenant: replay.tenant, name: name)) else {
                throw ServiceError(.notFound, "there is no subscription '\(name)'")
            }
            subscription = stored.subscription
            subscription.filters += replay.filters
        } else {
            subscription = Subscription(id: replay.machineID, filters: replay.filters, sink: replay.sink ?? "")
        }
        subscription.id = replay.machineID
        if let correlationID = replay.correlationID {
            subscription.filters.append(.exact(["correlationid": correlationID]))
        }
        subscription.config.rateLimitPerSecond = replay.ratePerSecond ?? subscription.config.rateLimitPerSecond
        return subscription
    }

    private func compile(_ replay: StoredReplay) throws(ServiceError) -> CompiledSubscription {
        let subscription = try self.target(replay)
        do { return try CompiledSubscription(subscription) } catch {
            throw ServiceError(error)
        }
    }

    private func ranges(of request: ReplayRequest) async throws(EventLogError) -> [StoredReplay.Range] {
        var ranges: [StoredReplay.Range] = []
        let wanted = request.topics.isEmpty ? self.dispatcher.configuration.eventTopics : request.topics
        for topic in wanted where !self.dispatcher.configuration.eventTopics.contains(topic) {
            throw EventLogError(.unknownTopic, "'\(topic)' is no topic that events are routed to")
        }
        for topicPartition in try await self.dispatcher.fedPartitions() where wanted.contains(topicPartition.topic) {
            let bounds = try await self.dispatcher.log.bounds(of: topicPartition)
            var from = bounds.start
            var to = bounds.end
            if !request.offsets.isEmpty {
                guard let range = request.offsets.first(where: { $0.topicPartition == topicPartition }) else {
                    continue
                }
                from = max(from, range.from)
                to = min(to, range.to)
            }
            if let time = request.from {
                from = max(from, try await self.dispatcher.log.offset(of: topicPartition, at: time))
            }
            if let time = request.to {
                to = min(to, try await self.dispatcher.log.offset(of: topicPartition, at: time))
            }
            guard from < to else { continue }
            ranges.append(
                StoredReplay.Range(
                    topic: topicPartition.topic.name, partition: topicPartition.partition.value, from: from.value,
                    to: to.value))
        }
        return ranges
    }

    private func count(_ replay: StoredReplay, _ compiled: CompiledSubscription) async throws(EventLogError) -> Int64 {
        var matched: Int64 = 0
        for range in replay.ranges {
            var next = Offset(range.from)
            while next.value < range.to, !Task.isCancelled {
                let batch = try await self.dispatcher.log.fetch(
                    range.topicPartition, from: next, maxRecords: 1_000, maxBytes: 4 << 20, waitMax: .zero)
                for element in batch.records where element.offset.value < range.to {
                    if let event = try? element.record.cloudEvent(), compiled.matches(event) { matched += 1 }
                }
                guard batch.next > next else { break }
                next = batch.next
            }
        }
        return matched
    }

    private func known(_ id: String, _ tenant: String) throws(ServiceError) -> StoredReplay {
        guard let replay = self.replays.withLock({ $0["\(tenant)/\(id)"] }) else {
            throw ServiceError(.notFound, "there is no replay '\(id)'")
        }
        return replay
    }

    private func store(_ replay: StoredReplay) async throws(ServiceError) {
        do {
            try await self.dispatcher.log.store(replay, key: replay.key, in: self.topicPartition)
        } catch { throw ServiceError(error) }
        self.replays.withLock { $0[replay.key] = replay }
    }

    private func view(_ replay: StoredReplay) -> ReplayView {
        let standing = replay.isEnded ? nil : self.dispatcher.standing(of: replay.machineID)
        return ReplayView(
            id: replay.id, request: replay.request, status: replay.status, matched: replay.matched,
            delivered: standing?.delivered ?? replay.delivered, failed: standing?.deadLettered ?? replay.failed,
            createdAt: Timestamp(milliseconds: replay.createdAt),
            finishedAt: replay.finishedAt.map { Timestamp(milliseconds: $0) }, error: replay.error)
    }
}

extension Dispatcher {
    /// Takes up a replay: a subscription with an end that the tail does not feed.
    func introduceReplay(
        _ specification: DeliverySpecification, compiled: CompiledSubscription, starts: [TopicPartition: Offset],
        cursors: [TopicPartition: SubscriptionCursor]
    ) {
        self.core.step { state, now in
            // The filter is in place before the first read can begin: the slot is known only after `add`.
            let slot = state.machine.add(specification, starts: starts, cursors: cursors, now: now)
            state.compiled[slot] = compiled
        }
    }

    func changeReplay(_ specification: DeliverySpecification) {
        self.core.step { state, now in state.machine.update(specification, now: now) }
    }
}
