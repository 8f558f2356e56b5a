/// Puts records into the log.
public protocol EventLogWriter: Sendable {
    /// Appends records, and returns when they are durable.
    ///
    /// - Returns: the position of each record, in the order given. Records of one call that fall into one partition lie
    ///   in the order given. Concurrent calls share one synced transaction.
    /// - Throws: ``EventLogError``; where ``appendsAtomically`` holds, then none of the records is there.
    ///   A cancelled task may still have its records appended.
    func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position]

    /// Appends several lots of records at the same time, each as ``append(_:)`` does: what befalls one does not concern
    /// the others, and none waits for another. Lots of one call may lie in any order.
    ///
    /// - Parameter ended: told of lots that have ended, those together that ended together; of each once, from any
    ///   thread. It must not block.
    /// - Returns: when it was told of all.
    func appendEach(_ lots: [[ProducerRecord]], _ ended: @escaping @Sendable ([LotOutcome]) -> Void) async

    /// Whether one ``append(_:)`` is all or nothing, whatever topics it spans.
    var appendsAtomically: Bool { get }
}
