/// What waits for the brokers, and what was done since the log was opened.
public struct KafkaEventLogStatistics: Sendable, Hashable {
    /// Records that wait for their acknowledgement.
    public var queuedRecords: Int
    /// Their bytes.
    public var queuedBytes: Int
    /// Records that were acknowledged.
    public var appendedRecords: Int64
    /// Their bytes.
    public var appendedBytes: Int64
    /// Records whose append failed.
    public var failedRecords: Int64
}
