/// What waits for the log's writer, and what it has done since the log was opened.
public struct EmbeddedEventLogStatistics: Sendable, Hashable {
    /// Records (and commits of groups) that wait for their transaction.
    public var queuedRecords: Int
    /// Their bytes.
    public var queuedBytes: Int
    /// Records that are durable.
    public var appendedRecords: Int64
    /// Their bytes.
    public var appendedBytes: Int64
    /// Transactions of all kinds, those that failed among them.
    public var transactions: Int64
    /// Transactions that were rolled back.
    public var failedTransactions: Int64
}
