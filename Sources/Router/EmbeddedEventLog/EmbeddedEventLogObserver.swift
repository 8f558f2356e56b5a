/// Hears what the writer of the log does, to count it: one call for each transaction with records. Called between two
/// transactions: implementations are cheap and do not block.
public protocol EmbeddedEventLogObserver: Sendable {
    /// Records are durable.
    /// - Parameters:
    ///   - records: how many the transaction has, 1 or more.
    ///   - bytes: of their keys, headers and values.
    ///   - duration: of the transaction, its sync included.
    func appended(records: Int, bytes: Int, duration: Duration)
    /// A transaction with records was rolled back; its callers were told why.
    func appendFailed(records: Int)
}
