/// Hears what the writer of the log does, to count it. Called on a thread of the client: implementations are cheap and
/// do not block.
public protocol KafkaEventLogObserver: Sendable {
    /// All records of one append are acknowledged.
    /// - Parameters:
    ///   - records: how many, 1 or more.
    ///   - bytes: of their keys, headers and values.
    ///   - duration: from the call to the last acknowledgement.
    func appended(records: Int, bytes: Int, duration: Duration)
    /// An append failed, in part or as a whole; its caller was told why.
    func appendFailed(records: Int)
}
