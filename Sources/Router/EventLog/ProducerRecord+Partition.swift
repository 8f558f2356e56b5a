extension ProducerRecord {
    /// The partition that the record names, or that its key means, or that this call uses for records without either.
    ///
    /// - Parameters:
    ///   - partitions: how many the topic has, 1 or more.
    ///   - isCompacted: whether the topic keeps the last record of each key, so that a record needs one.
    ///   - keyless: where records without key and partition go now.
    /// - Throws: ``EventLogError`` `corruptRecord` where a key is missing; `unknownPartition`.
    public func partition(
        of partitions: Int, isCompacted: Bool, keyless: Partition
    ) throws(EventLogError) -> Partition {
        if isCompacted, self.record.key == nil {
            throw EventLogError(.corruptRecord, "topic '\(self.topic)' is compacted: a record needs a key")
        }
        if let partition {
            guard (0..<partitions).contains(Int(partition.value)) else {
                throw EventLogError(unknown: TopicPartition(self.topic, partition), partitions: partitions)
            }
            return partition
        }
        guard let key = self.record.key else { return keyless }
        return Partitioner.partition(forKey: key, partitions: partitions)
    }
}
