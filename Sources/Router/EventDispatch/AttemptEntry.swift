import CloudEvents
import EventLog

/// What came of one attempt for one event, as the journal keeps it.
struct AttemptEntry: Sendable {
    enum Outcome: Sendable, Hashable {
        case delivered
        /// It is tried again, or given up: then a `deadLettered` follows.
        case failed
        case deadLettered
        /// The dead letter is on its way again.
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
        switch self.outcome {
        case .failed: 0
        case .deadLettered: 1
        case .redriven: 2
        case .discarded: 3
        case .delivered: 4
        }
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
