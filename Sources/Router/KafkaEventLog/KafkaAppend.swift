import CRdKafka
import EventLog
import NIOCore

/// One call of `append` on its way: which of its records were acknowledged, and where they lie.
///
/// `@unchecked Sendable`: everything mutable is written only while the writer's lock is held, and not after the last
/// report.
final class KafkaAppend: @unchecked Sendable {
    let records: Int
    let bytes: Int
    let start: ContinuousClock.Instant
    let topicPartitions: [TopicPartition]
    /// Whom the append belongs to, where it is one of several.
    let lots: KafkaAppendLots?
    private let completion: @Sendable (KafkaAppend) -> Void
    private var offsets: [Int64]
    private var remaining: Int
    private(set) var error: EventLogError?

    init(
        _ topicPartitions: [TopicPartition], bytes: Int, lots: KafkaAppendLots? = nil,
        _ completion: @escaping @Sendable (KafkaAppend) -> Void
    ) {
        self.records = topicPartitions.count
        self.bytes = bytes
        self.start = .now
        self.topicPartitions = topicPartitions
        self.lots = lots
        self.completion = completion
        self.offsets = [Int64](repeating: -1, count: topicPartitions.count)
        self.remaining = topicPartitions.count
    }

    /// Takes the report of a client on one record; true where it was the last.
    func report(_ index: Int, offset: Int64, _ code: rd_kafka_resp_err_t, from handle: KafkaHandle) -> Bool {
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, offset >= 0 {
            self.offsets[index] = offset
        } else if code == RD_KAFKA_RESP_ERR_NO_ERROR {
            // DUPLICATE_SEQUENCE_NUMBER: brokers that crashed may remember a number and not have its record.
            let double = EventLogError(
                .unavailable,
                "the brokers take a record of \(self.topicPartitions[index]) for one that they have, and do not say "
                    + "where: it may be there, send it again")
            self.error = self.error ?? double
        } else if self.error == nil {
            var error = EventLogError(
                kafka: code, "a record for \(self.topicPartitions[index]) was not appended", from: handle)
            if error.code == .tooLarge {
                error.excess = EventLogError.Excess(
                    recordIndex: index, size: nil, limit: KafkaEventLog.topicLimit(self.topicPartitions[index].topic),
                    limitMax: nil)
            }
            self.error = error
        }
        self.remaining -= 1
        return self.remaining == 0
    }

    /// Refuses the call before anything of it is queued.
    func fail(_ error: EventLogError) {
        self.error = error
        self.completion(self)
    }

    /// Awaits no more reports; with the writer's lock held.
    func giveUp(_ error: EventLogError) { self.error = self.error ?? error }

    /// Tells the caller. Called once, without the lock, after the last report.
    func resume() { self.completion(self) }

    /// What came of it. For the caller, when it has been told.
    var result: Result<[Position], EventLogError> {
        if let error { return .failure(error) }
        var positions: [Position] = []
        positions.reserveCapacity(self.records)
        for (topicPartition, offset) in zip(self.topicPartitions, self.offsets) {
            positions.append(Position(topicPartition, Offset(offset)))
        }
        return .success(positions)
    }
}
