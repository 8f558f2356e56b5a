extension EventLogMembership where Self: EventLogAdministration {
    /// False: this process has the log alone.
    public var isShared: Bool { false }

    /// Assigns all partitions that there are, and returns.
    /// - Throws: ``EventLogError`` where the topics cannot be listed.
    public func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {
        let wanted = Set(topics)
        let partitions = try await self.topics().filter { wanted.contains($0.topic) }.flatMap { specification in
            (0..<Int32(specification.partitions)).map { TopicPartition(specification.topic, Partition($0)) }
        }
        await listener.assigned(partitions.sorted())
    }

    /// Nothing: there is nobody to leave the partitions to.
    public func leave() async {}
}
