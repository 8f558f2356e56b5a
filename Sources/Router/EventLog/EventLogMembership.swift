/// Shares the dispatch of partitions with the other processes that work on the same log.
public protocol EventLogMembership: Sendable {
    /// Whether other processes may read and write this log at the same time: then nobody may conclude anything from
    /// what it has not seen of the log.
    var isShared: Bool { get }

    /// Takes part in dispatching `topics`, and tells `listener` which partitions come and go, one call at a time, until
    /// ``leave()`` or until the task is cancelled.
    ///
    /// A log that is not shared assigns every partition at once and returns: none of them ever goes. Faults of the log
    /// are waited out.
    /// - Throws: ``EventLogError`` where no membership can be had at all: the group may not be joined, or its name is
    ///   not allowed.
    func takePart(in topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError)

    /// Ends ``takePart(in:_:)``: the partitions are revoked in the orderly way, then the others get them.
    func leave() async
}
