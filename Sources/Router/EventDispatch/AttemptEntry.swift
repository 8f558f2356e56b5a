import CloudEvents
import EventLog
import NIOCore

/// One entry of the attempt journal, and its form in the log.
struct AttemptEntry: Sendable {
    static let delivered = "delivered"
    static let failed = "failed"
    static let deadLettered = "dead-lettered"
    static let redriven = "redriven"
    static let discarded = "discarded"

    var subscription: String
    var tenant: String
    var position: Position
    /// One of the words below.
    var outcome: String
    var at: Timestamp
    var status: Int?
    var error: String?
    var durationMilliseconds: Int64

    init(
        subscription: String, tenant: String, position: Position, outcome: String, at: Timestamp, status: Int?,
        error: String?, durationMilliseconds: Int64
    ) {
        self.subscription = subscription
        self.tenant = tenant
        self.position = position
        self.outcome = outcome
        self.at = at
        self.status = status
        self.error = error
        self.durationMilliseconds = durationMilliseconds
    }

    /// Whether it tells of a request to the sink.
    var isAttempt: Bool { self.outcome == Self.delivered || self.outcome == Self.failed }

    /// Which of two entries of one time comes first.
    var rank: Int {
        [Self.failed, Self.deadLettered, Self.redriven, Self.discarded, Self.delivered].firstIndex(of: self.outcome)
            ?? 0
    }

    /// The record; its `ce_id` header lets the index find it by the event.
    func record(eventID: String) -> LogRecord {
        var headers = RecordHeaders(reservingCapacity: 256)
        headers.append(name: "ce_id", value: eventID)
        headers.append(name: "portarium_subscription", value: self.subscription)
        headers.append(name: "portarium_tenant", value: self.tenant)
        headers.append(name: "portarium_topic", value: self.position.topic.name)
        headers.append(name: "portarium_partition", value: "\(self.position.partition)")
        headers.append(name: "portarium_offset", value: "\(self.position.offset)")
        headers.append(name: "portarium_outcome", value: self.outcome)
        headers.append(name: "portarium_duration", value: "\(self.durationMilliseconds)")
        if let status { headers.append(name: "portarium_status", value: "\(status)") }
        if let error { headers.append(name: "portarium_error", value: error) }
        return LogRecord(key: ByteBuffer(string: eventID), headers: headers, value: ByteBuffer(), timestamp: self.at)
    }

    /// Reads a record of the journal; nil where it is none.
    init?(_ record: LogRecord) {
        guard let subscription = record.headers["portarium_subscription"],
            let tenant = record.headers["portarium_tenant"],
            let outcome = record.headers["portarium_outcome"], let position = Position(originOf: record)
        else { return nil }
        self.init(
            subscription: subscription, tenant: tenant, position: position, outcome: outcome, at: record.timestamp,
            status: record.headers["portarium_status"].flatMap { Int($0) }, error: record.headers["portarium_error"],
            durationMilliseconds: record.headers["portarium_duration"].flatMap { Int64($0) } ?? 0)
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
