import CloudEvents
import EventLog

/// What came of one attempt for one event, or of its dead letter, as the journal keeps it.
struct AttemptEntry: Sendable {
    enum Outcome: Sendable, Hashable {
        case delivered
        /// It is tried again, or given up: then a `deadLettered` follows.
        case failed
        case deadLettered
        /// The dead letter was sent again: what comes of it follows.
        case redriven
        case discarded
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

    /// Whether it tells of a request to the sink.
    var isAttempt: Bool { self.outcome == .delivered || self.outcome == .failed }

    /// Which of two entries of one time comes first.
    var rank: Int {
        let order: [Outcome] = [.redriven, .failed, .deadLettered, .discarded, .delivered]
        return order.firstIndex(of: self.outcome) ?? 0
    }
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
