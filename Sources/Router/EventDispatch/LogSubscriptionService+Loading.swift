import Delivery
import EventLog
import Logging
import NIOCore
import Subscriptions
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LogSubscriptionService {
    /// What the log has under one key.
    struct Loaded {
        var stored: StoredSubscription
        var compiled: CompiledSubscription
        /// Why it cannot be read or used.
        var fault: String?
    }

    /// Reads the topic and takes up every subscription where its cursors left off. One that cannot be read or used is
    /// suspended with the reason and keeps its place, until it is replaced or deleted. Cursors that belong to no
    /// subscription any more are deleted.
    ///
    /// On a log that is shared, the topic is read record by record and followed from then on.
    /// - Throws: ``EventLogError`` where the log cannot be read.
    public func load() async throws {
        if self.dispatcher.log.isShared { return try await self.beginFollowing() }
        let values = try await self.dispatcher.log.compacted(self.topicPartition)
        let committed = try await self.dispatcher.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let key = SubscriptionRecordKey(key), let one = self.loaded(key, value, committed.keys) else {
                continue
            }
            let id = one.stored.subscription.id
            if let fault = one.fault { self.complain(of: id, fault) }
            self.catalog.withLock { $0.put(one.stored, fault: one.fault) }
            self.dispatcher.introduce(
                one.stored, compiled: one.compiled,
                cursors: committed[GroupName.cursor(of: id, generation: one.stored.generation)] ?? [:], isNew: false)
        }
        await self.deleteOrphans(committed.keys)
    }

    func complain(of id: SubscriptionID, _ fault: String) {
        self.dispatcher.logger.error(
            "a subscription cannot be used and is suspended",
            metadata: .subscription(id, ["error": "\(fault)"]))
    }

    /// - Parameter groups: with cursors; where the key does not tell, they say whose an unreadable value goes on with.
    func loaded(_ key: SubscriptionRecordKey, _ value: ByteBuffer, _ groups: some Sequence<ConsumerGroup>) -> Loaded? {
        let id = key.id
        do {
            let stored = try StoredSubscription(record: value)
            guard stored.subscription.id == id, key.generation ?? stored.generation == stored.generation else {
                return nil
            }
            do throws(FilterError) {
                return Loaded(stored: stored, compiled: try CompiledSubscription(stored.subscription))
            } catch {
                var stored = stored
                stored.status = .suspended
                stored.statusReason = "a filter cannot be used: \(error.detail)"
                return Self.placeholder(stored, fault: "a filter cannot be used: \(error.detail)")
            }
        } catch {
            let fault = "what is stored of the subscription cannot be read"
            let stored = StoredSubscription(
                subscription: Subscription(id: id, sink: "http://unreadable.invalid/"), status: .suspended,
                statusReason: "\(fault): \(error)",
                generation: key.generation ?? Self.generation(of: id, in: groups),
                createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), startOffsets: [:])
            return Self.placeholder(stored, fault: fault)
        }
    }

    /// It is held back at the first event that comes, whichever that is: its own filter cannot tell.
    static func placeholder(_ stored: StoredSubscription, fault: String) -> Loaded? {
        let everything = Subscription(id: stored.subscription.id, sink: stored.subscription.sink)
        return (try? CompiledSubscription(everything)).map { Loaded(stored: stored, compiled: $0, fault: fault) }
    }

    /// Whose cursors a subscription goes on with, where what is stored does not tell.
    private static func generation(of id: SubscriptionID, in groups: some Sequence<ConsumerGroup>) -> String {
        let prefix = GroupName.cursor(of: id, generation: "").name
        let generations = groups.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) }
        return generations.min() ?? RandomName.make(8)
    }

    private func deleteOrphans(_ groups: some Sequence<ConsumerGroup>) async {
        let live = self.catalog.withLock { catalog in
            Set(catalog.stored.values.map { GroupName.cursor(of: $0.subscription.id, generation: $0.generation).name })
        }
        for group in groups where !live.contains(group.name) && !LogReplayService.ownsCursors(group) {
            do { try await self.dispatcher.log.deleteGroup(group) } catch {
                self.dispatcher.logger.warning(
                    "cursors of a subscription that is gone could not be deleted; the next start tries again",
                    metadata: ["group": "\(group)", "error": "\(error)"])
            }
        }
    }
}
