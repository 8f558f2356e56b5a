import CloudEvents
import EventLog

/// What came of one attempt for one event, as the journal keeps it.
struct AttemptEntry: Sendable {
    enum Outcome: Sendable, Hashable {
        case delivered
        /// It is tried again, or given up: then a `deadLettered` follows.
        case failed
        case deadLettered
    }

    var subscription: String
    var tenant: String
    var position: Position
    var outcome: Outcome
    /// When the attempt ended.
    var at: Timestamp
    var status: Int?
    var error: String?
    var durationMilliseconds: Int64
}

extension Position {
    /// Where the event of a record about an event lies.
    init?(originOf record: LogRecord) {
        guard let topic = record.headers["portarium_topic"],
            let partition = record.headers["portarium_partition"].flatMap({ Int32($0) }),
            let offset = record.headers["portarium_offset"].flatMap({ Int64($0) })
        else { return nil }
        self.init(TopicPartition(Topic(topic), Partition(partition)), Offset(offset))
    }
}
