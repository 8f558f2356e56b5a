import EventLog

extension KafkaEventLog {
    /// True: other replicas, and other programs, may read and write the same topics.
    public var isShared: Bool { true }

    /// Joins the group of replicas; see ``EventLogMembership/takePart(in:_:)``.
    public func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {
        try await self.membership.run(topics, listener)
    }

    /// Gives all partitions up in the orderly way and leaves the group. With a
    /// ``KafkaEventLogConfiguration/instanceID`` the place is kept for the session timeout.
    public func leave() async { await self.membership.leave() }
}
