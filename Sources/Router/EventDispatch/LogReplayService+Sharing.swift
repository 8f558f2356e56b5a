import Delivery
import EventLog
import Logging
import NIOCore
import ServiceLifecycle
import Subscriptions
import Synchronization

/// Replays on a log that several processes share.
extension LogReplayService {
    /// What was sent of a replay.
    struct Progress: Sendable {
        var delivered: Int64 = 0
        var deadLettered: Int64 = 0
    }

    /// Told by the dispatcher which process sends the replays: the one that has partition 0 of their topic.
    private struct Leadership: PartitionListener {
        let topicPartition: TopicPartition
        let service: @Sendable () -> LogReplayService?

        func assigned(_ partitions: [TopicPartition]) async {
            if partitions.contains(self.topicPartition) { await self.service()?.lead() }
        }

        func revoked(_ partitions: [TopicPartition]) async {
            if partitions.contains(self.topicPartition) { await self.service()?.resign(committing: true) }
        }

        func lost(_ partitions: [TopicPartition]) async {
            if partitions.contains(self.topicPartition) { await self.service()?.resign(committing: false) }
        }
    }

    /// How often a record that others were quicker than is followed by what is in force, and how often a catch-up
    /// after an append is tried.
    private static var triesMax: Int { 10 }

    /// nil where this process has the log alone.
    var follower: TopicFollower? { self.following.withLock { $0 } }

    /// Whether this process sends the replays.
    var isLeading: Bool { self.telling.withLock { $0.isHeld } }

    /// For the initializer: follows the topic, and hears from the dispatcher when to lead.
    func share() {
        let follower = TopicFollower(
            log: self.dispatcher.log, topicPartition: self.topicPartition, logger: self.dispatcher.logger
        ) { [weak self] element in self?.apply(element) }
        self.following.withLock { $0 = follower }
        self.dispatcher.replaying.withLock { $0 = self.sender }
        let leadership = Leadership(topicPartition: self.topicPartition) { [weak self] in self }
        self.dispatcher.leadership.withLock { $0 = leadership }
    }

    /// From now on this process sends the replays: goes on with all that have not ended, where they were committed
    /// last. Returns at once; ``run()`` does it.
    func lead() async {
        await self.leading.enter()
        defer { self.leading.leave() }
        let term = self.telling.withLock { lead -> UInt64? in
            guard !lead.isHeld else { return nil }
            lead.isHeld = true
            lead.term += 1
            return lead.term
        }
        if let term { self.add(.takeUp(nil, term: term)) }
    }

    /// Another process sends the replays from now on.
    /// - Parameter committing: waits for attempts under way, within a limit, and commits; otherwise the other one has
    ///   begun already, and nothing is committed any more.
    func resign(committing: Bool) async {
        await self.leading.enter()
        defer { self.leading.leave() }
        let wasHeld = self.telling.withLock { lead in
            defer { lead.isHeld = false }
            return lead.isHeld
        }
        guard wasHeld else { return }
        self.counts.withLock { $0.cancelAll() }
        await self.sender.relinquishReplays(committing: committing)
    }

    /// The last act of ``run()``.
    func resignAtTheEnd() async {
        var isGraceful = true
        do { try await gracefulShutdown() } catch { isGraceful = false }
        await self.resign(committing: isGraceful)
        self.sender.endReplays()
    }

    /// On a shared log: knows what was stored before this call, by whichever process.
    func catchUp() async throws(ServiceError) {
        guard let follower else { return }
        try await self.catchUpSubscriptions()
        do { try await follower.catchUp() } catch { throw ServiceError(error) }
    }

    func catchUpSubscriptions() async throws(ServiceError) {
        try await self.subscriptions.catchUp()
    }

    /// Takes over one record of the topic; where this process leads, what it says comes into force.
    private func apply(_ element: RecordBatch.Element) {
        guard let text = element.record.key.map({ String(buffer: $0) }), let key = ReplayKey(text) else { return }
        guard let value = element.record.value else {
            self.forget(key)
            return
        }
        let replay = self.loaded(key, value, EmptyCollection())
        guard case .accepted(let old) = self.shelf.withLock({ $0.apply(replay, at: element.offset) }) else { return }
        self.dispatcher.deadLetters.file(key, under: replay.subscription)
        if !replay.isUnreadable { self.bringIntoForce(replay, from: old) }
    }

    /// Stores a replay. On a shared log it is in force when this returns, unless another process was quicker.
    /// - Returns: false where another process was.
    func store(_ replay: StoredReplay) async throws(ServiceError) -> Bool {
        let log = self.dispatcher.log
        do {
            guard let follower else {
                try await log.store(replay, key: replay.key.description, in: self.topicPartition)
                self.shelf.withLock { $0.put(replay) }
                return true
            }
            var wanted = replay
            wanted.revision = (replay.revision ?? 0) + 1
            if try await self.offer(wanted, follower) { return true }
            // The log keeps the last record of the key, which must not be the one that nobody heeds.
            for _ in 0..<Self.triesMax {
                guard var current = self.replay(replay.key) else { return false }
                current.revision = (current.revision ?? 0) + 1
                if try await self.offer(current, follower) { return false }
            }
            return false
        } catch { throw ServiceError(error) }
    }

    /// Appends a record; whether it counts.
    private func offer(_ replay: StoredReplay, _ follower: TopicFollower) async throws(EventLogError) -> Bool {
        let offset = try await self.dispatcher.log.store(
            replay, key: replay.key.description, in: self.topicPartition)
        guard let offset else { return true }
        // It is stored: what came of it has to be known before anybody is told.
        var fault = EventLogError(.unavailable, "what was stored cannot be read back yet")
        for _ in 0..<Self.triesMax {
            do throws(EventLogError) {
                try await follower.catchUp()
                if (follower.position ?? .zero) > offset { return !self.shelf.withLock { $0.isRefused(offset) } }
            } catch { fault = error }
            if Task.isCancelled { break }
            try? await Task.sleep(for: .milliseconds(self.dispatcher.configuration.limits.internalRetryMilliseconds))
        }
        throw fault
    }

    /// Begins a replay, or all that have not ended, where it was committed last.
    func takeUp(_ key: ReplayKey?, term: UInt64) async throws(ServiceError) {
        guard self.telling.withLock({ $0.isHeld && $0.term == term }) else { return }
        try await self.catchUp()
        if let key {
            guard let replay = self.replay(key) else { return }
            let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
            return self.begin(key, cursors: try await self.committed(group.name)[group] ?? [:], term: term)
        }
        let committed = try await self.committed(GroupName.cursorPrefix)
        var live: Set<ConsumerGroup> = []
        var unreadable: [String] = []
        for replay in self.shelf.withLock({ $0.all }).sorted(by: { $0.key < $1.key }) where !replay.isEnded {
            let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
            live.insert(group)
            // Which generation its cursors have, nobody knows.
            if replay.isUnreadable { unreadable.append(group.name) }
            if replay.status == .counting {
                self.queueCount(replay.key)
            } else {
                self.begin(replay.key, cursors: committed[group] ?? [:], term: term)
            }
        }
        for group in committed.keys.sorted() where Self.ownsCursors(group) && !live.contains(group) {
            if !unreadable.contains(where: { group.name.hasPrefix($0) }) { self.add(.deleteGroup(group)) }
        }
    }

    private func committed(
        _ prefix: String
    ) async throws(ServiceError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        do { return try await self.dispatcher.log.committed(groupsWithPrefix: prefix) } catch {
            throw ServiceError(error)
        }
    }

    /// What the cursors say of replays of one tenant that another process sends; nothing of others.
    func progress(of replays: some Sequence<StoredReplay>) async throws(ServiceError) -> [ReplayKey: Progress] {
        guard self.follower != nil else { return [:] }
        let remote = replays.filter { replay in
            !replay.isEnded && !replay.needsCount && self.sender.standing(of: replay.machineID) == nil
        }
        guard let first = remote.first else { return [:] }
        let prefix =
            remote.count == 1
            ? GroupName.cursor(of: first.machineID, generation: first.generation).name
            : GroupName.replayCursorPrefix(ofTenant: first.tenant)
        let committed = try await self.committed(prefix)
        var progress: [ReplayKey: Progress] = [:]
        for replay in remote {
            let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
            progress[replay.key] = (committed[group] ?? [:]).values.compactMap { SubscriptionCursor($0) }
                .reduce(into: Progress()) { sum, cursor in
                    sum.delivered += cursor.delivered
                    sum.deadLettered += cursor.deadLettered
                }
        }
        return progress
    }

    /// How much of a replay was sent, as far as is known here.
    func sent(_ replay: StoredReplay, _ progress: [ReplayKey: Progress]) -> Progress {
        if !replay.isEnded {
            if let standing = self.sender.standing(of: replay.machineID) {
                return Progress(delivered: standing.delivered, deadLettered: standing.deadLettered)
            }
            if let known = progress[replay.key] { return known }
        }
        return Progress(delivered: replay.delivered, deadLettered: replay.failed)
    }
}

extension GroupName {
    /// All cursors of a tenant's replays start with this.
    fileprivate static func replayCursorPrefix(ofTenant tenant: String) -> String {
        "\(self.cursorPrefix)\(ReplayKey(tenant: tenant, id: "").machineID)"
    }
}
