import CRdKafka
import EventLog

/// One partition that is read at one place through one client.
///
/// `@unchecked Sendable`: only who has acquired it from ``KafkaReaderPool`` touches it.
final class KafkaCursor: @unchecked Sendable {
    /// What a look at the queue gave.
    enum Step {
        case records([RecordBatch.Element], next: Int64)
        /// The end of the partition lies at this offset; there may be gaps before it.
        case end(Int64)
        /// Nothing has come yet.
        case nothing
        case failed(rd_kafka_resp_err_t)
    }

    /// Messages taken from the queue at a time.
    private static let messagesMax = 1_000
    let topicPartition: TopicPartition
    let signal = KafkaSignal()
    private let topic: OpaquePointer
    private let queue: OpaquePointer
    /// Where the next record to hand out lies, or lay where a record is missing.
    private(set) var position: Int64
    /// Where the end was when it was reached last.
    private(set) var endSeen: Int64?
    private var batch: KafkaBatch?
    private var index = 0

    /// Begins to read.
    /// - Parameter topic: a handle of the client, which outlives the cursor.
    init(
        _ handle: KafkaHandle, topic: OpaquePointer, _ topicPartition: TopicPartition, at position: Int64
    ) throws(EventLogError) {
        guard let queue = rd_kafka_queue_new(handle.pointer) else {
            throw EventLogError(.unavailable, "there is no memory to read \(topicPartition)")
        }
        self.topicPartition = topicPartition
        self.topic = topic
        self.queue = queue
        self.position = position
        rd_kafka_queue_cb_event_enable(
            queue, KafkaSignal.callback, Unmanaged.passUnretained(self.signal).toOpaque())
        guard rd_kafka_consume_start_queue(topic, topicPartition.partition.value, position, queue) == 0 else {
            let code = rd_kafka_last_error()
            rd_kafka_queue_cb_event_enable(queue, nil, nil)
            rd_kafka_queue_destroy(queue)
            throw EventLogError(kafka: code, "\(topicPartition) cannot be read")
        }
    }

    /// Goes to another place.
    func seek(to position: Int64) throws(EventLogError) {
        self.batch = nil
        self.endSeen = nil
        self.position = position
        let code = rd_kafka_seek(self.topic, self.topicPartition.partition.value, position, 0)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw EventLogError(kafka: code, "\(self.topicPartition) cannot be read from \(position)")
        }
    }

    /// Ends reading; waits for librdkafka. For a blocking thread; the cursor is of no use after it.
    func stop() {
        rd_kafka_queue_cb_event_enable(self.queue, nil, nil)
        rd_kafka_consume_stop(self.topic, self.topicPartition.partition.value)
        self.batch = nil
        rd_kafka_queue_destroy(self.queue)
    }

    /// Takes what there is, without waiting.
    func step(maxRecords: Int, maxBytes: Int) -> Step {
        self.signal.clear()
        while true {
            if self.batch.map({ self.index >= $0.count }) ?? true {
                let taken = KafkaBatch(capacity: min(max(1, maxRecords), Self.messagesMax))
                taken.take(from: self.queue)
                self.index = 0
                self.batch = taken.count > 0 ? taken : nil
            }
            guard let batch, let message = batch[self.index] else { return .nothing }
            if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                self.index += 1
                guard message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF else {
                    return .failed(message.pointee.err)
                }
                guard message.pointee.offset >= self.position else { continue }
                self.endSeen = message.pointee.offset
                self.position = message.pointee.offset
                return .end(message.pointee.offset)
            }
            // What was fetched for an earlier place.
            if message.pointee.offset < self.position {
                self.index += 1
                continue
            }
            return self.records(of: batch, maxRecords: maxRecords, maxBytes: maxBytes)
        }
    }

    private func records(of batch: KafkaBatch, maxRecords: Int, maxBytes: Int) -> Step {
        let first = self.index
        var bytes = 0
        var end = first
        while end < batch.count, end - first < max(1, maxRecords), let message = batch[end],
            message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR
        {
            let size = batch.size(end)
            if end > first, bytes + size > maxBytes { break }
            bytes += size
            self.position = message.pointee.offset + 1
            end += 1
        }
        self.index = end
        self.endSeen = nil
        let records = batch.records(first..<end, bytes: bytes)
        if end == batch.count { self.batch = nil }
        return .records(records, next: self.position)
    }
}
