/// Finds records by what is in them: a projection of the log, rebuildable, bounded by retention.
public protocol EventIndex: Sendable {
    /// Positions of records whose header `name` has exactly this value, newest first by append time, `limit` at most.
    /// Everything appended before the call is seen. Indexed headers: `ce_id` and `ce_correlationid`.
    /// Hash collisions are possible: the caller compares the record it reads.
    func positions(
        header name: String, value: String, in topics: [Topic], limit: Int
    ) async throws(EventLogError) -> [Position]

    /// How many records are not indexed yet (they are still found, by a scan).
    var lag: Int64 { get async }
}
