import Delivery
import EventLog
import Logging
import Synchronization

/// Partitions of a shared log come and go: what comes begins where the log says, what goes is committed first.
extension Dispatcher: PartitionListener {
    /// How often the positions of partitions that go are tried to be committed.
    private static var lastCommitsMax: Int { 3 }
    /// How much older than the last read of a partition that became shorter records may be and be read again, in
    /// milliseconds: clocks differ.
    private static var shrinkMarginMilliseconds: Int64 { 30_000 }
    /// Partitions whose bounds are asked for at the same time.
    static var boundsReadsMax: Int { 16 }

    /// Takes the partitions up where their commits, and the cursors of all subscriptions that are known, left off, and
    /// follows their tails. Waits until the log can say where that is, however long it takes, unless the process is
    /// told to end.
    public func assigned(_ partitions: [TopicPartition]) async {
        async let others: Void? = self.leader?.assigned(self.unfed(partitions))
        await self.takeUp(self.fed(partitions))
        await others
    }

    /// Sends nothing more for them, gives attempts in flight ``DispatchConfiguration/revokeTimeoutMilliseconds`` to
    /// end, and commits what is settled.
    public func revoked(_ partitions: [TopicPartition]) async {
        async let others: Void? = self.leader?.revoked(self.unfed(partitions))
        await self.giveBack(self.fed(partitions))
        await others
    }

    /// Drops them at once; what comes of attempts and commits under way counts no longer.
    public func lost(_ partitions: [TopicPartition]) async {
        async let others: Void? = self.leader?.lost(self.unfed(partitions))
        self.drop(self.fed(partitions))
        await others
    }

    private var leader: (any PartitionListener)? { self.leadership.withLock { $0 } }

    private func fed(_ partitions: [TopicPartition]) -> [TopicPartition] {
        let topics = Set(self.fedTopics)
        return partitions.filter { topics.contains($0.topic) }
    }

    private func unfed(_ partitions: [TopicPartition]) -> [TopicPartition] {
        let topics = Set(self.fedTopics)
        return partitions.filter { !topics.contains($0.topic) }
    }

    /// Shares the partitions with the other processes until the end.
    func takePart() async throws {
        do { try await self.log.takePart(in: self.fedTopics + [self.configuration.replayTopic], self) } catch {
            self.core.finish()
            throw error
        }
    }

    /// Begins to follow partitions that are assigned.
    func startTails(of partitions: [TopicPartition]) {
        for topicPartition in partitions {
            guard let number = self.core.look({ $0.machine.assignment(of: topicPartition) }) else { continue }
            self.tails.start(TailAssignment(topicPartition: topicPartition, number: number))
        }
    }

    private func takeUp(_ partitions: [TopicPartition]) async {
        let partitions = partitions.filter { topicPartition in
            self.core.look { $0.machine.assignment(of: topicPartition) == nil }
        }
        guard !partitions.isEmpty else { return }
        // A commit that was begun when the partition was here before must not fall on what is read now.
        _ = try? await self.commitUnderWay()
        _ = await self.persistently("positions of assigned partitions cannot be read") { () throws(EventLogError) in
            try await self.place(partitions)
        }
        self.startTails(of: partitions)
    }

    private func place(_ partitions: [TopicPartition]) async throws(EventLogError) {
        await self.placing.enter()
        defer { self.placing.leave() }
        let tails = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail] ?? [:]
        // Cursors first: one that is made meanwhile must not seem to lie past the end.
        let cursors = try await self.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        let bounds = try await self.bounds(of: partitions)
        let places = self.places(cursors)
        self.core.step { state, now in
            for topicPartition in partitions {
                guard let bounds = bounds[topicPartition] else { continue }
                // A commit that retention has overtaken is taken as it is: the first read says what is lost.
                let start = min(tails[topicPartition]?.offset ?? bounds.start, bounds.end)
                state.ends[topicPartition] = bounds.end
                state.machine.assign(
                    topicPartition, committed: start,
                    cursors: { (nil, places[$0]?[topicPartition]?.limited(to: bounds.end, tail: start)) }, now: now)
            }
        }
    }

    /// Takes everybody back in a partition that lost its last records: what is written in their place would be passed
    /// over. What was not settled before that stays to be sent.
    ///
    /// - Parameter since: when the partition was read last, and was longer. What is a little older than that is
    ///   delivered again, because nobody can say how short it was.
    func takeUpAgain(_ tail: TailAssignment, since: Timestamp) async {
        let before = Timestamp(milliseconds: since.milliseconds - Self.shrinkMarginMilliseconds)
        let isPlaced = await self.persistently("the place in a partition cannot be found") {
            () throws(EventLogError) in try await self.placeAgain(tail, before: before)
        }
        if isPlaced == true { self.startTails(of: [tail.topicPartition]) }
    }

    /// False where the partition went meanwhile.
    private func placeAgain(_ tail: TailAssignment, before: Timestamp) async throws(EventLogError) -> Bool {
        let topicPartition = tail.topicPartition
        await self.placing.enter()
        defer { self.placing.leave() }
        guard self.core.look({ $0.isCurrent(tail) }) else { return false }
        // A commit under way still says where somebody stood in what is lost.
        _ = try? await self.commitUnderWay()
        let bounds = try await self.log.bounds(of: topicPartition)
        let place = min(try await self.log.offset(of: topicPartition, at: before), bounds.end)
        let tails = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail]
        let start = min(place, tails?[topicPartition]?.offset ?? bounds.start)
        let places = self.places(try await self.log.committed(groupsWithPrefix: GroupName.cursorPrefix))
        return self.core.step { state, now in
            guard state.isCurrent(tail) else { return false }
            state.machine.finishRevoke(topicPartition)
            state.ends[topicPartition] = bounds.end
            state.machine.assign(
                topicPartition, committed: start,
                cursors: { (nil, places[$0]?[topicPartition]?.limited(to: place, tail: start)) }, now: now)
            return true
        }
    }

    /// What was committed for the subscriptions and replays that are known, by slot.
    private func places(
        _ committed: [ConsumerGroup: [TopicPartition: CommittedOffset]]
    ) -> [Int: [TopicPartition: SubscriptionCursor]] {
        let groups = self.core.look { state in
            state.compiled.keys.compactMap { slot in
                state.machine.specification(at: slot).map { (slot, $0.id, $0.generation) }
            }
        }
        var places: [Int: [TopicPartition: SubscriptionCursor]] = [:]
        for (slot, id, generation) in groups {
            places[slot] = committed[GroupName.cursor(of: id, generation: generation)]?
                .compactMapValues { SubscriptionCursor($0) }
        }
        return places
    }

    /// What a partition holds, or why that cannot be said.
    private struct BoundsAnswer: Sendable {
        var topicPartition: TopicPartition
        var bounds: Result<OffsetBounds, EventLogError>
    }

    /// The bounds of several partitions, ``boundsReadsMax`` asked for at a time.
    func bounds(of partitions: [TopicPartition]) async throws(EventLogError) -> [TopicPartition: OffsetBounds] {
        let answers = await withTaskGroup(of: BoundsAnswer.self) { group in
            var answers: [BoundsAnswer] = []
            for (index, topicPartition) in partitions.enumerated() {
                if index >= Self.boundsReadsMax, let answer = await group.next() { answers.append(answer) }
                group.addTask { await self.answer(topicPartition) }
            }
            for await answer in group { answers.append(answer) }
            return answers
        }
        var bounds: [TopicPartition: OffsetBounds] = [:]
        for answer in answers { bounds[answer.topicPartition] = try answer.bounds.get() }
        return bounds
    }

    private func answer(_ topicPartition: TopicPartition) async -> BoundsAnswer {
        do {
            let bounds = try await self.log.bounds(of: topicPartition)
            return BoundsAnswer(topicPartition: topicPartition, bounds: .success(bounds))
        } catch { return BoundsAnswer(topicPartition: topicPartition, bounds: .failure(error)) }
    }

    /// Waits for attempts and dead letters under way of partitions that go, within
    /// ``DispatchConfiguration/revokeTimeoutMilliseconds``.
    func drain(_ partitions: [TopicPartition]) async {
        let deadline = DispatchClock.monotonicMilliseconds + self.configuration.revokeTimeoutMilliseconds
        while self.core.look({ state in partitions.contains { state.machine.isDraining($0) } }),
            DispatchClock.monotonicMilliseconds < deadline, !Task.isCancelled
        {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func giveBack(_ partitions: [TopicPartition]) async {
        guard !partitions.isEmpty else { return }
        for topicPartition in partitions { self.tails.stop(topicPartition) }
        self.core.step { state, _ in
            for topicPartition in partitions { state.machine.beginRevoke(topicPartition) }
        }
        await self.drain(partitions)
        for attempt in 1...Self.lastCommitsMax {
            do {
                try await self.recordPositions()
                break
            } catch {
                self.logger.warning(
                    "positions of partitions that go could not be committed",
                    metadata: ["attempt": "\(attempt)", "error": "\(error)"])
                if Task.isCancelled { break }
                try? await Task.sleep(for: .milliseconds(self.configuration.limits.internalRetryMilliseconds))
            }
        }
        self.drop(partitions)
    }

    private func drop(_ partitions: [TopicPartition]) {
        guard !partitions.isEmpty else { return }
        for topicPartition in partitions { self.tails.stop(topicPartition) }
        self.core.step { state, _ in
            for topicPartition in partitions {
                state.machine.finishRevoke(topicPartition)
                state.ends[topicPartition] = nil
            }
        }
    }

    /// Asks the log until it answers; nil where the process is told to end before.
    func persistently<R: Sendable>(
        _ complaint: String, _ body: () async throws(EventLogError) -> R
    ) async -> R? {
        var isFailing = false
        while !Task.isCancelled, !self.isEnding.withLock({ $0 }) {
            do throws(EventLogError) { return try await body() } catch {
                if !isFailing {
                    isFailing = true
                    self.logger.warning("\(complaint), and it is tried again", metadata: ["error": "\(error)"])
                }
                if error.code == .closed { return nil }
                try? await Task.sleep(for: .milliseconds(self.configuration.limits.internalRetryMilliseconds))
            }
        }
        return nil
    }
}
