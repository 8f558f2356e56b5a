/// Takes records out of the log.
public protocol EventLogReader: Sendable {
    /// Reads records of one partition from an offset on.
    ///
    /// Returns at once what there is; where there is nothing, waits up to `waitMax` for an append and may then return
    /// an empty batch. Ends when `maxRecords` or `maxBytes` is reached, or sooner where a broker's answer ends, but
    /// gives at least one record if there is one.
    /// - Throws: ``EventLogError`` `offsetOutOfRange` (with bounds) where `offset` lies before the first kept one or
    ///   past the end; `unknownPartition`; `unavailable`. Cancelling the task ends the wait with an empty batch.
    func fetch(
        _ topicPartition: TopicPartition, from offset: Offset, maxRecords: Int, maxBytes: Int, waitMax: Duration
    ) async throws(EventLogError) -> RecordBatch

    /// What a partition holds now.
    func bounds(of topicPartition: TopicPartition) async throws(EventLogError) -> OffsetBounds

    /// The first offset whose record has this timestamp or a later one; the end where there is none.
    func offset(of topicPartition: TopicPartition, at timestamp: Timestamp) async throws(EventLogError) -> Offset
}
