import CRdKafka
import EventLog
import NIOCore

/// One call of `append` on its way: which of its records were acknowledged, and where they lie.
///
/// `@unchecked Sendable`: everything mutable is read and written only while the writer's lock is held.
final class KafkaAppend: @unchecked Sendable {
    let records: Int
    let bytes: Int
    let start: ContinuousClock.Instant
    let topicPartitions: [TopicPartition]
    private let completion: @Sendable (Result<[Position], EventLogError>) -> Void
    private var offsets: [Int64]
    private var remaining: Int
    private(set) var error: EventLogError?

    init(
        _ topicPartitions: [TopicPartition], bytes: Int,
        _ completion: @escaping @Sendable (Result<[Position], EventLogError>) -> Void
    ) {
        self.records = topicPartitions.count
        self.bytes = bytes
        self.start = .now
        self.topicPartitions = topicPartitions
        self.completion = completion
        self.offsets = [Int64](repeating: -1, count: topicPartitions.count)
        self.remaining = topicPartitions.count
    }

    /// Takes the report on one record; true where it was the last.
    func report(_ index: Int, offset: Int64, _ code: rd_kafka_resp_err_t) -> Bool {
        if code == RD_KAFKA_RESP_ERR_NO_ERROR {
            self.offsets[index] = offset
        } else if self.error == nil {
            var error = EventLogError(kafka: code, "a record for \(self.topicPartitions[index]) was not appended")
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

    /// The ends that the acknowledged records imply.
    func noteEnds(in ends: inout [TopicPartition: Int64]) {
        for (index, offset) in self.offsets.enumerated() where offset >= 0 {
            let topicPartition = self.topicPartitions[index]
            if offset + 1 > ends[topicPartition] ?? -1 { ends[topicPartition] = offset + 1 }
        }
    }

    /// Refuses the call before anything of it is queued.
    func fail(_ error: EventLogError) { self.completion(.failure(error)) }

    /// Tells the caller. Called once, without the lock, after the last report.
    func resume() {
        if let error { return self.completion(.failure(error)) }
        var positions: [Position] = []
        positions.reserveCapacity(self.records)
        for (topicPartition, offset) in zip(self.topicPartitions, self.offsets) {
            positions.append(Position(topicPartition, Offset(offset)))
        }
        self.completion(.success(positions))
    }
}
