import Delivery
import EventLog
import Logging
import Subscriptions
import Synchronization

extension LogSubscriptionService {
    /// What a crash, or a process that had not heard yet of a deletion, leaves behind on a shared log.
    struct Leftovers: Sendable, Hashable {
        /// Cursors of no subscription.
        var groups: Set<ConsumerGroup> = []
        /// Subscriptions that lost their id to another, and whose creator has not taken them back.
        var rivals: Set<SubscriptionRecordKey> = []
    }

    /// How far apart two looks for leftovers are. Much longer than a creation takes, whose cursors are there before its
    /// record is.
    private static var interval: Duration { .seconds(3_600) }

    /// Looks for leftovers until the task is cancelled, and clears away what was there at the look before already.
    func clearRegularly() async {
        while !Task.isCancelled {
            do { try await self.clear() } catch {
                self.dispatcher.logger.warning(
                    "leftovers of subscriptions that are gone could not be cleared away; the next look tries again",
                    metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// One look. What cannot be cleared away keeps nothing else from it.
    /// - Throws: why the first of those could not be.
    func clear() async throws(EventLogError) {
        let groups = try await self.dispatcher.log.committed(groupsWithPrefix: GroupName.cursorPrefix).keys
        try await self.topicFollower.withLock({ $0 })?.catchUp()
        let (live, rivals) = self.catalog.withLock { catalog in
            (Array(catalog.stored.values), catalog.rivals.values.flatMap { $0.map(\.stored) })
        }
        let owned = Set((live + rivals).map { GroupName.cursor(of: $0.subscription.id, generation: $0.generation) })
        let now = Leftovers(
            groups: Set(groups.filter { !owned.contains($0) && !LogReplayService.ownsCursors($0) }),
            rivals: Set(rivals.map { SubscriptionRecordKey(id: $0.subscription.id, generation: $0.generation) }))
        let before = self.leftovers.withLock { leftovers in
            defer { leftovers = now }
            return leftovers
        }
        var fault: EventLogError?
        for group in now.groups.intersection(before.groups) where !Task.isCancelled {
            do { try await self.dispatcher.log.deleteGroup(group) } catch { fault = fault ?? error }
        }
        for key in now.rivals.intersection(before.rivals) where !Task.isCancelled {
            do { try await self.bury(key) } catch { fault = fault ?? error }
        }
        if let fault { throw fault }
    }
}
