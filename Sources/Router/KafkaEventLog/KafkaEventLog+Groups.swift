import EventLog

extension KafkaEventLog {
    /// Stores positions as offsets of consumer groups, so that tools that show lag see them.
    ///
    /// What the group of replicas commits goes through this process's membership while it has one: who lost a partition
    /// is refused. All other groups have no members. Not atomic: each group is a request of its own.
    /// - Throws: ``EventLogError`` `unknownTopic`, `unknownPartition`; `tooLarge` for metadata over the brokers' limit
    ///   (4 KiB by default); `unavailable`; `closed`. What was stored of it stays.
    public func commit(_ commits: [GroupCommit]) async throws(EventLogError) {
        guard !commits.isEmpty else { return }
        var byGroup: [ConsumerGroup: [(topicPartition: TopicPartition, committed: CommittedOffset)]] = [:]
        for commit in commits {
            try await self.check(commit.topicPartition)
            byGroup[commit.group, default: []].append((commit.topicPartition, commit.committed))
        }
        // Cursors before what the tail has settled: a crash in between delivers twice, and loses nothing.
        let shared = self.membership.group
        let isMember = self.membership.isMember
        let cursors = byGroup.filter { self.name(of: $0.key) != shared || !isMember }
        let admin = self.admin
        let requests = cursors.map { (group: self.name(of: $0.key), positions: $0.value) }
        if !requests.isEmpty {
            let liveness = self.liveness
            try await self.calls.run { () -> Result<Void, EventLogError> in
                guard !isMember || !liveness.isSuspect() else {
                    return .failure(
                        EventLogError(
                            .unavailable,
                            "positions cannot be stored: this process stood still, and others may have its partitions"))
                }
                return admin.commit(requests)
            }
        }
        for (group, positions) in byGroup where cursors[group] == nil { try await self.membership.commit(positions) }
    }

    /// All positions of the groups whose names start with `prefix`, as the coordinators have them, in the topics of
    /// ``topics()``.
    /// - Throws: ``EventLogError`` `unavailable`, also where the principal may not list groups; `closed`.
    public func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]] {
        let admin = self.admin
        let wanted = self.name(of: ConsumerGroup(prefix))
        let own = self.configuration.prefix
        // Asked for by name: not every broker answers for all partitions in a form that every client reads.
        let groups = try await self.calls.run { admin.groups() }.filter { $0.hasPrefix(wanted) }
        guard !groups.isEmpty else { return [:] }
        let partitions = try await self.calls.run { admin.metadata(nil) }.filter { $0.topic.name.hasPrefix(own) }
            .flatMap { topic in
                (0..<Int32(topic.partitions)).map { TopicPartition(topic.topic, Partition($0)) }
            }
        guard !partitions.isEmpty else { return [:] }
        return try await self.calls.run { admin.committed(groups, in: partitions) }.reduce(into: [:]) { result, group in
            guard !group.value.isEmpty else { return }
            let name = prefix.hasPrefix(Self.ownPrefix) ? self.ownName(of: group.key) : group.key
            result[ConsumerGroup(name)] = group.value
        }
    }

    /// Forgets a group. Nothing happens where there is none.
    /// - Throws: ``EventLogError`` `unavailable`; `closed`.
    public func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError) {
        let (admin, name) = (self.admin, self.name(of: group))
        try await self.calls.run { admin.deleteGroup(name) }
    }

    /// What the router's own names of groups begin with.
    private static let ownPrefix = "portarium."

    /// A group's name on the cluster: several routers may share one.
    func name(of group: ConsumerGroup) -> String {
        guard group.name.hasPrefix(Self.ownPrefix) else { return group.name }
        return "\(self.configuration.prefix).\(group.name.dropFirst(Self.ownPrefix.count))"
    }

    private func ownName(of name: String) -> String {
        "\(Self.ownPrefix)\(name.dropFirst(self.configuration.prefix.utf8.count + 1))"
    }
}
