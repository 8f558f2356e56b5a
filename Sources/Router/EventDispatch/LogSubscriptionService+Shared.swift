import Delivery
import EventLog
import Logging
import NIOCore
import Subscriptions
import Synchronization

/// Subscriptions on a log that several processes share: everything that counts comes from the topic, in its order, what
/// this process has appended too.
extension LogSubscriptionService {
    /// Applies the whole topic, and makes ``run()`` follow it.
    func beginFollowing() async throws(EventLogError) {
        let follower = TopicFollower(
            log: self.dispatcher.log, topicPartition: self.topicPartition, logger: self.dispatcher.logger
        ) { [weak self] element throws(EventLogError) in try await self?.apply(element) }
        self.topicFollower.withLock { $0 = follower }
        try await follower.catchUp()
    }

    /// Applies what was appended before this call, whoever did it. Nothing on a log that is not shared.
    /// - Throws: `unavailable` where the topic cannot be read.
    func catchUp() async throws(ServiceError) {
        do { try await self.topicFollower.withLock({ $0 })?.catchUp() } catch { throw ServiceError(error) }
    }

    /// - Throws: where the record has to be applied again: what it changed is known, and not in force everywhere yet.
    private func apply(_ element: RecordBatch.Element) async throws(EventLogError) {
        try await self.placeUnplaced()
        guard let text = element.record.key, let key = SubscriptionRecordKey(String(buffer: text)),
            let generation = key.generation
        else { return }
        var record: CatalogRecord?
        if let value = element.record.value {
            guard let loaded = self.loaded(key, value, []) else { return }
            record = CatalogRecord(stored: loaded.stored, fault: loaded.fault, offset: element.offset)
            if let fault = loaded.fault { self.complain(of: key.id, fault) }
        }
        let written = record
        let change = self.catalog.withLock { $0.apply(key.id, generation: generation, written) }
        guard change.old != nil || change.new != nil else { return }
        try await self.bringIntoForce(change, of: key.id)
        self.tellFollowers(key.id)
    }

    private func bringIntoForce(_ change: CatalogChange, of id: SubscriptionID) async throws(EventLogError) {
        guard let new = change.new, let compiled = Self.compiled(new, change.fault) else {
            return self.dispatcher.dismiss(id)
        }
        guard change.old?.generation == new.generation else {
            if change.old != nil { self.dispatcher.dismiss(id) }
            self.unplaced.withLock { _ = $0.insert(id) }
            return try await self.placeUnplaced()
        }
        if change.old?.subscription != new.subscription {
            // It is durable already: all that is left to do for what was matched before is to try.
            do { try await self.dispatcher.recordPositions() } catch {
                self.dispatcher.logger.warning(
                    "positions could not be committed before a change of a subscription: a crash now matches again",
                    metadata: .subscription(id, ["error": "\(error)"]))
            }
        }
        self.dispatcher.change(new, compiled: compiled)
    }

    /// Hands those to the dispatcher that it does not know yet; what stopped an earlier try may be over.
    private func placeUnplaced() async throws(EventLogError) {
        for id in self.unplaced.withLock({ $0 }).sorted() {
            let (stored, fault) = self.catalog.withLock { ($0[id], $0.faults[id]) }
            if let stored, let compiled = Self.compiled(stored, fault) {
                try await self.dispatcher.introduceFromLog(stored, compiled: compiled)
            }
            self.unplaced.withLock { _ = $0.remove(id) }
            self.tellFollowers(id)
        }
    }

    private static func compiled(_ stored: StoredSubscription, _ fault: String?) -> CompiledSubscription? {
        if let fault { return Self.placeholder(stored, fault: fault)?.compiled }
        return try? CompiledSubscription(stored.subscription)
    }

    /// Appends a new subscription, and sees whether it is the one that counts.
    /// - Throws: `conflict` where another process has created one of this id before; `unavailable`.
    func settle(new stored: StoredSubscription) async throws(ServiceError) -> StoredSubscription {
        let id = stored.subscription.id
        _ = try await self.appendAndRead(stored)
        if let live = self.stored(id), live.generation == stored.generation { return live }
        self.chores.add(.bury(SubscriptionRecordKey(id: id, generation: stored.generation)))
        self.chores.add(.deleteGroup(GroupName.cursor(of: id, generation: stored.generation)))
        throw ServiceError(.conflict, "the id '\(id.name)' is taken: choose another, or change that one with PUT")
    }

    /// Appends a change, and waits until what the topic says is in force here: this change, or a later one.
    /// - Throws: `notFound` where the subscription was deleted meanwhile; `unavailable`.
    func settle(_ changed: StoredSubscription) async throws(ServiceError) -> StoredSubscription {
        let id = changed.subscription.id
        let offset = try await self.appendAndRead(changed)
        let (live, since) = self.catalog.withLock { ($0[id], $0.since[id]) }
        if let live, live.generation == changed.generation {
            guard since == offset else { return live }
            // The tombstone came before the change, which must not bring the subscription back.
            self.chores.add(.bury(SubscriptionRecordKey(id: id, generation: changed.generation)))
        }
        throw ServiceError(.notFound, "there is no subscription '\(id.name)'")
    }

    /// Appends the tombstone, and waits until it is in force here.
    func settle(deleted stored: StoredSubscription) async throws(ServiceError) {
        let offset: Offset?
        do {
            offset = try await self.bury(
                SubscriptionRecordKey(id: stored.subscription.id, generation: stored.generation))
        } catch { throw ServiceError(error) }
        try await self.catchUp(past: offset)
    }

    @discardableResult
    func bury(_ key: SubscriptionRecordKey) async throws(EventLogError) -> Offset? {
        try await self.dispatcher.log.store(StoredSubscription?.none, key: key.description, in: self.topicPartition)
    }

    private func appendAndRead(_ stored: StoredSubscription) async throws(ServiceError) -> Offset? {
        let key = SubscriptionRecordKey(id: stored.subscription.id, generation: stored.generation)
        let offset: Offset?
        do {
            offset = try await self.dispatcher.log.store(stored, key: key.description, in: self.topicPartition)
        } catch { throw ServiceError(error) }
        try await self.catchUp(past: offset)
        return offset
    }

    private func catchUp(past offset: Offset?) async throws(ServiceError) {
        do { try await self.topicFollower.withLock({ $0 })?.catchUp(past: offset) } catch { throw ServiceError(error) }
    }
}
