/// Who is told of partitions that come and go.
public protocol PartitionListener: Sendable {
    /// These partitions are this process's from now on, in addition to those it has.
    func assigned(_ partitions: [TopicPartition]) async

    /// These go to another process when this returns: what is under way is brought to an end within a limit, positions
    /// are committed.
    func revoked(_ partitions: [TopicPartition]) async

    /// These went to another process already, because this one was not heard of for too long: nothing may be committed
    /// for them any more.
    func lost(_ partitions: [TopicPartition]) async
}
