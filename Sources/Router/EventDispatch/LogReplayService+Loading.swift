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

extension LogReplayService {
    /// Reads the topic and goes on with what was under way; subscriptions are loaded before. A replay that cannot be
    /// read is held, with the reason. Cursors that belong to no replay any more are deleted. On a log that several
    /// processes share it only reads: whoever leads goes on with what was under way.
    /// - Throws: ``EventLogError`` where the log cannot be read.
    public func load() async throws {
        if let follower { return try await follower.catchUp() }
        let values = try await self.dispatcher.log.compacted(self.topicPartition)
        let committed = try await self.dispatcher.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        var live: Set<String> = []
        for (text, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let key = ReplayKey(text) else { continue }
            let replay = self.loaded(key, value, committed.keys)
            self.shelf.withLock { $0.put(replay) }
            guard !replay.isEnded else {
                self.dispatcher.deadLetters.file(key, under: replay.subscription)
                continue
            }
            let group = GroupName.cursor(of: replay.machineID, generation: replay.generation)
            live.insert(group.name)
            if replay.isUnreadable { continue }
            if replay.status == .counting {
                self.queueCount(key)
            } else if !replay.needsCount {
                self.begin(key, cursors: committed[group] ?? [:], term: 0)
            }
        }
        for group in committed.keys where Self.ownsCursors(group) && !live.contains(group.name) {
            self.add(.deleteGroup(group))
        }
    }

    /// Whether cursors are a replay's.
    static func ownsCursors(_ group: ConsumerGroup) -> Bool { group.name.contains("/replay:") }

    func loaded(_ key: ReplayKey, _ value: ByteBuffer, _ groups: some Sequence<ConsumerGroup>) -> StoredReplay {
        do { return try JSONDecoder().decode(StoredReplay.self, from: Data(value.readableBytesView)) } catch {
            self.dispatcher.logger.error(
                "a replay cannot be read and is held", metadata: ["replay": "\(key)", "error": "\(error)"])
            let prefix = GroupName.cursor(of: key.machineID, generation: "").name
            let generation = groups.map(\.name).filter { $0.hasPrefix(prefix) }.min().map { $0.dropFirst(prefix.count) }
            return StoredReplay(
                unreadable: key, error: "what is stored of the replay cannot be read: \(error)",
                generation: generation.map(String.init) ?? "")
        }
    }
}
