/// Finds records by what is in them: a projection of the log, rebuildable, bounded by retention.
public protocol EventIndex: Sendable {
    /// Positions of the records of one tenant that have a header `name` with exactly these bytes, newest first.
    ///
    /// Inside a partition offsets fall; partitions are merged by the timestamps of their records. So the search goes on
    /// without loss when it is asked again with every range cut off at the lowest offset that it gave.
    /// - Parameters:
    ///   - name: `ce_id` and `ce_correlationid` are indexed; any other is found by reading the headers of all records.
    ///   - tenant: whose records, see ``RecordHeaders/tenant``: what others write does not make a search longer.
    ///   - ranges: where to look. What lies before the first kept record, or past the end, is left out.
    ///   - limit: positions at most; below 1 there are none.
    /// - Returns: exactly the records that match; everything appended before the call is seen.
    /// - Throws: ``EventLogError`` `unknownTopic`, `unknownPartition`; `unavailable`, also where the task is cancelled.
    func positions(
        header name: String, value: String, tenant: String, in ranges: [TopicPartition: Range<Offset>], limit: Int
    ) async throws(EventLogError) -> [Position]

    /// How many records are not indexed yet (they are still found, by a scan).
    var lag: Int64 { get async }
}
