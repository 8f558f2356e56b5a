/// How the embedded log keeps and bounds things. The defaults suit one process on one disk.
///
/// - Configuration keys:
///   - `directory` (string, required): where the files lie; made with mode 0700 where it is missing.
///   - `appendQueueRecordsMax` (int, default 100,000): records that wait for their transaction.
///   - `appendQueueBytesMax` (int, default 64 MiB): bytes of those records.
///   - `commitBatchRecordsMax` (int, default 8,192), `commitBatchBytesMax` (int, default 16 MiB): one transaction.
///   - `recentBytesMax` (int, default 4 MiB): the records appended last, kept in memory.
///   - `recordBytesMax` (int, default and most 16 MiB): one record.
///   - `fetchBytesMax` (int, default 64 MiB): one fetch, whatever its caller asks.
///   - `metadataBytesMax` (int, default 64 KiB): the text that a group keeps with a position.
///   - `readers` (int, default 4): connections that fetch in parallel.
///   - `sweepInterval` (duration, default 60 s), `sweepRowsMax` (int, default 1,000), `tombstoneRetention`
///     (duration, default 24 h): retention and compaction.
///   - `isIndexed` (bool, default true), `indexInterval` (duration, default 1 s), `unindexedTopicSuffixes`
///     (strings, default `.subscriptions`, `.replays`): the index of event identifiers.
///   - `fileBytesMax` (int, optional): how large the log's file may grow.
public struct EmbeddedEventLogConfiguration: Sendable {
    /// The directory of the log's files. One process at a time may have it open.
    public var directory: String

    /// Records that may wait for their transaction, `1...10_000_000`; over it an append is `overloaded`.
    public var appendQueueRecordsMax: Int = 100_000

    /// Bytes that may wait for their transaction, `1...4 GiB`; over it an append is `overloaded`. A single call over
    /// this limit, or over `appendQueueRecordsMax`, is `tooLarge`.
    public var appendQueueBytesMax: Int = 64 << 20

    /// Records of one transaction, `1...1_000_000`. One call is never split, so it may exceed this alone.
    public var commitBatchRecordsMax: Int = 8_192

    /// Bytes of one transaction, `1...1 GiB`. One call is never split, so it may exceed this alone.
    public var commitBatchBytesMax: Int = 16 << 20

    /// Bytes of the records appended last that stay in memory for those who follow the ends of partitions, `0...1 GiB`.
    public var recentBytesMax: Int = 4 << 20

    /// Bytes of key, headers and value of one record, `1...16 MiB`; a larger one is `tooLarge`.
    public var recordBytesMax: Int = 16 << 20

    /// Bytes that one fetch returns at most, `1...1 GiB`, whatever its caller asks; one record is always returned.
    public var fetchBytesMax: Int = 64 << 20

    /// Bytes of the metadata of a committed offset, `0...1 MiB`.
    public var metadataBytesMax: Int = 64 << 10

    /// Connections that read in parallel, `1...64`.
    public var readers: Int = 4

    /// Time between two sweeps (retention, compaction) in `run()`, from 10 ms up.
    public var sweepInterval: Duration = .seconds(60)

    /// Rows that a sweep reads or deletes in one transaction, `1...100_000`: how long an append may wait for a sweep.
    public var sweepRowsMax: Int = 1_000

    /// How long a tombstone stays in a compacted topic, counted from the record's timestamp.
    public var tombstoneRetention: Duration = .seconds(24 * 3_600)

    /// Whether the log's owner shall keep an ``EmbeddedEventIndex`` beside it. Without one, searches read the log.
    public var isIndexed: Bool = true

    /// Time between two looks of the indexer when it is up with the log, from 1 ms up. A remainder of less than 2,048
    /// records of a partition is left for up to ten of them while more is appended: searches read it meanwhile.
    public var indexInterval: Duration = .seconds(1)

    /// Topics whose names end so are not indexed; lookups scan them.
    public var unindexedTopicSuffixes: [String] = [".subscriptions", ".replays"]

    /// Headers whose values are indexed; others are found by a scan. An index with other headers is built anew.
    public var indexedHeaders: [String] = ["ce_id", "ce_correlationid"]

    /// The size that the log's file may reach, from 1 MiB up; nil: the disk's. Over it appends are `unavailable`.
    public var fileBytesMax: Int64?

    /// Write-ahead log pages after which they are moved into the file, `100...1_000_000`. Appends go on meanwhile,
    /// until there are as many again; what a reader still needs stays there beside these.
    public var checkpointPages: Int = 4_000

    /// The defaults, for a directory.
    public init(directory: String) {
        self.directory = directory
    }
}
