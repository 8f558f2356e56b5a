import EventLog

/// What an index of a log keeps, and how fast it does.
///
/// - Configuration keys:
///   - `directory` (string, required): where `index.db` lies; made with mode 0700 where it is missing.
///   - `interval` (duration, default 1 s), `topicsInterval` (duration, default 30 s): how often it looks.
///   - `restFactor` (int, default 3): how much it rests.
public struct LogEventIndexConfiguration: Sendable {
    /// The directory of the file. One process at a time may have it open.
    public var directory: String

    /// What tells this log from all others: the cluster's id. The index of another one is built anew.
    public var logID: String

    /// The topics whose records are indexed, all partitions of each; one that is not there yet is taken when it is.
    /// Those that are compacted, and those not named, are searched by reading them.
    public var topics: [Topic]

    /// Time between two looks at the ends of the partitions when the index is up with the log, from 1 ms up. Fewer
    /// records of a partition than 2,048 are left for up to ten of them while more is appended: searches read them
    /// meanwhile.
    public var interval: Duration = .seconds(1)

    /// Time between two looks for topics and partitions that were added or taken away, from 1 ms up.
    public var topicsInterval: Duration = .seconds(30)

    /// How long the indexer rests after a batch, in times of what the batch took, `0...1000`. Most of what it takes is
    /// waiting for the broker.
    public var restFactor: Int = 3

    /// Headers whose values are indexed; others are found by reading. An index with other headers is built anew.
    public var indexedHeaders: [String] = ["ce_id", "ce_correlationid"]

    /// The defaults, for a directory, a log and its topics.
    public init(directory: String, logID: String, topics: [Topic]) {
        self.directory = directory
        self.logID = logID
        self.topics = topics
    }
}
