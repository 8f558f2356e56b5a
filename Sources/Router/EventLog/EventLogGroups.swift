/// Keeps the positions of consumer groups.
public protocol EventLogGroups: Sendable {
    /// Stores positions durably; those of one call together where the log can. The last commit wins.
    func commit(_ commits: [GroupCommit]) async throws(EventLogError)

    /// All positions of the groups whose names start with `prefix`.
    func committed(
        groupsWithPrefix prefix: String
    ) async throws(EventLogError) -> [ConsumerGroup: [TopicPartition: CommittedOffset]]

    /// Forgets a group. Nothing happens where there is none.
    func deleteGroup(_ group: ConsumerGroup) async throws(EventLogError)
}
