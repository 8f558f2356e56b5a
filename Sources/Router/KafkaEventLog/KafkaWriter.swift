import CRdKafka
import EventLog
import Logging
import NIOCore
import Synchronization

/// Appends through one idempotent producer, on a thread of its own.
///
/// One thread hands records to librdkafka and takes its reports: what librdkafka allocates for a record is freed where
/// it was allocated, which costs a third of what it costs across threads. Records of one call and partition keep their
/// order, and each is there once whatever is retried. Bounded in records and bytes that wait for their acknowledgement.
final class KafkaWriter: Sendable {
    /// `@unchecked Sendable`: topic handles of librdkafka may be used from any thread.
    private struct Producer: @unchecked Sendable {
        let handle: KafkaHandle
        /// Where its reports come.
        let queue: OpaquePointer?
        var topics: [Topic: OpaquePointer] = [:]
        /// How many partitions of a topic the client is known to know.
        var partitions: [Topic: Int] = [:]
        /// Calls that ask the client something now.
        var users = 0

        init(_ handle: KafkaHandle) {
            self.handle = handle
            self.queue = rd_kafka_queue_get_main(handle.pointer)
        }
    }

    /// What was accepted and not handed to librdkafka yet.
    private struct Pending {
        let call: UInt32
        let append: KafkaAppend
        let records: [ProducerRecord]
    }

    private struct State {
        var producer: Producer
        /// Those that failed for good, and are still in use or have something to report.
        var retired: [Producer] = []
        var calls: [UInt32: KafkaAppend] = [:]
        /// In the order in which they came.
        var pending: [Pending] = []
        /// Whether the thread waits for reports, and has to be woken for what is pending.
        var isWaiting = false
        var nextCall: UInt32 = 0
        var statistics = KafkaEventLogStatistics(
            queuedRecords: 0, queuedBytes: 0, appendedRecords: 0, appendedBytes: 0, failedRecords: 0)
        var isClosed = false
    }

    /// How many records are handed over before reports are looked for.
    private static let recordsPerPoll = 128
    /// How long the thread waits for reports, in milliseconds.
    private static let waitMillisecondsMax: Int32 = 100
    /// How often ``close()`` looks whether all is done.
    private static let closingPause = Duration.milliseconds(5)
    /// How long it waits at the end for what it sends without lingering, before it looks around.
    private static let flushMilliseconds: Int32 = 10
    private let configuration: KafkaEventLogConfiguration
    private let table: KafkaTopicTable
    private let observer: any KafkaEventLogObserver
    private let logger: Logger
    private let state: Mutex<State>
    private let isStopping = Mutex(false)

    init(
        _ configuration: KafkaEventLogConfiguration, _ table: KafkaTopicTable, observer: any KafkaEventLogObserver,
        logger: Logger
    ) throws(EventLogError) {
        self.configuration = configuration
        self.table = table
        self.observer = observer
        self.logger = logger
        self.state = Mutex(
            State(
                producer: Producer(try KafkaHandle(.producer, .producer(configuration), logger: logger))))
    }

    var statistics: KafkaEventLogStatistics { self.state.withLock { $0.statistics } }

    /// The producer of now, for what else is asked of it.
    var fatalError: String? { self.state.withLock { $0.producer.handle.fatalError?.text } }

    /// Queues the records and returns when all are acknowledged, or one failed and nothing more is awaited.
    func append(
        _ records: [ProducerRecord], to topicPartitions: [TopicPartition], bytes: Int
    ) async throws(EventLogError) -> [Position] {
        let append = await withCheckedContinuation { continuation in
            self.start(KafkaAppend(topicPartitions, bytes: bytes) { continuation.resume(returning: $0) }, records)
        }
        return try append.result.get()
    }

    /// Whether the client may not know all partitions of a topic yet: then ``learn(_:partitions:timeoutMilliseconds:)``
    /// comes first.
    func mustLearn(_ topic: Topic, partitions: Int) -> Bool {
        self.state.withLock { ($0.producer.partitions[topic] ?? 0) < partitions }
    }

    /// Lets the client ask the brokers for a topic's partitions: those it does not know it refuses. For a blocking
    /// thread.
    func learn(_ topic: Topic, partitions: Int, timeoutMilliseconds: Int32) -> Result<Void, EventLogError> {
        let (handle, pointer) = self.state.withLock { state in
            state.producer.users += 1
            return (state.producer.handle, Self.handle(of: topic, in: &state.producer))
        }
        defer { self.state.withLock { Self.release(handle, &$0) } }
        guard let pointer else { return .failure(EventLogError(.unavailable, "topic '\(topic)' cannot be used")) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.pointer, 0, pointer, &answer, timeoutMilliseconds)
        if let answer { rd_kafka_metadata_destroy(answer) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(EventLogError(kafka: code, "the brokers do not tell of topic '\(topic)'", from: handle))
        }
        self.state.withLock { state in
            if state.producer.handle === handle { state.producer.partitions[topic] = partitions }
        }
        return .success(())
    }

    private static func release(_ handle: KafkaHandle, _ state: inout State) {
        if state.producer.handle === handle {
            state.producer.users -= 1
        } else if let index = state.retired.firstIndex(where: { $0.handle === handle }) {
            state.retired[index].users -= 1
        }
    }

    private static func makeHandles(for topicPartitions: [TopicPartition], in producer: inout Producer) {
        var last: Topic?
        for topicPartition in topicPartitions where topicPartition.topic != last {
            last = topicPartition.topic
            _ = self.handle(of: topicPartition.topic, in: &producer)
        }
    }

    private static func handle(of topic: Topic, in producer: inout Producer) -> OpaquePointer? {
        if let known = producer.topics[topic] { return known }
        let made = rd_kafka_topic_new(producer.handle.pointer, topic.name, nil)
        producer.topics[topic] = made
        return made
    }

    /// Queues the records of an append, or fails it at once.
    func start(_ append: KafkaAppend, _ records: [ProducerRecord]) {
        let failure = self.state.withLock { state -> EventLogError? in
            if state.isClosed { return EventLogError(.closed, "the log is closed") }
            let (queued, bytes) = (state.statistics.queuedRecords, state.statistics.queuedBytes)
            guard queued == 0 || queued + append.records <= self.configuration.queueRecordsMax,
                bytes == 0 || bytes + append.bytes <= self.configuration.queueBytesMax
            else {
                return EventLogError(
                    .overloaded, "\(queued) records (\(bytes) bytes) wait for the brokers: come again later")
            }
            state.statistics.queuedRecords += append.records
            state.statistics.queuedBytes += append.bytes
            state.nextCall &+= 1
            while state.calls[state.nextCall] != nil { state.nextCall &+= 1 }
            state.calls[state.nextCall] = append
            state.pending.append(Pending(call: state.nextCall, append: append, records: records))
            // Within the lock: the queue is not destroyed meanwhile.
            if state.isWaiting { rd_kafka_queue_yield(state.producer.queue) }
            state.isWaiting = false
            return nil
        }
        if let failure { append.fail(failure) }
    }

    /// Hands the records to librdkafka. What it does not take is reported as failed at once.
    private func produce(_ pending: Pending, through producer: Producer) {
        let append = pending.append
        var refused: [(index: Int, code: rd_kafka_resp_err_t)] = []
        var current: (topic: Topic, pointer: OpaquePointer?)?
        for index in pending.records.indices {
            let topicPartition = append.topicPartitions[index]
            if current?.topic != topicPartition.topic {
                current = (topicPartition.topic, producer.topics[topicPartition.topic])
            }
            guard let topic = current?.pointer else {
                refused.append((index, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC))
                continue
            }
            let opaque = UnsafeMutableRawPointer(bitPattern: UInt(pending.call) << 32 | UInt(UInt32(index)))
            let code = Self.produce(
                pending.records[index].record, producer.handle.pointer, topic, topicPartition.partition.value, opaque)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR { refused.append((index, code)) }
            // What is freed the next records take while it is in the caches.
            if index % Self.recordsPerPoll == Self.recordsPerPoll - 1 { rd_kafka_poll(producer.handle.pointer, 0) }
        }
        guard !refused.isEmpty else { return }
        if let spent = refused.first(where: { $0.code.endsProducer }) {
            self.replaceProducer(producer.handle, spent.code)
        }
        let isDone = self.state.withLock { state in
            var isDone = false
            guard state.calls[pending.call] != nil else { return false }
            for (index, code) in refused {
                isDone = append.report(index, offset: -1, code, from: producer.handle) || isDone
            }
            if isDone { Self.settle(append, pending.call, &state) }
            return isDone
        }
        if isDone { self.finish([append]) }
    }

    private static func produce(
        _ record: LogRecord, _ producer: OpaquePointer, _ topic: OpaquePointer, _ partition: Int32,
        _ opaque: UnsafeMutableRawPointer?
    ) -> rd_kafka_resp_err_t {
        record.headers.bytes.withUnsafeReadableBytes { headers in
            Self.withBytes(record.value) { value, valueLength in
                Self.withBytes(record.key) { key, keyLength in
                    crk_produce(
                        producer, topic, partition, value, valueLength, key, keyLength, headers.baseAddress,
                        headers.count, max(1, record.timestamp.milliseconds), opaque)
                }
            }
        }
    }

    /// The bytes of a buffer; a length of -1 where there is none.
    private static func withBytes<R>(_ buffer: ByteBuffer?, _ body: (UnsafeRawPointer?, Int) -> R) -> R {
        guard let buffer else { return body(nil, -1) }
        return buffer.withUnsafeReadableBytes { bytes in
            // Empty is not nothing: the pointer must not be null.
            withUnsafePointer(to: 0 as UInt8) { empty in
                body(bytes.baseAddress ?? UnsafeRawPointer(empty), bytes.count)
            }
        }
    }

    private static func settle(_ append: KafkaAppend, _ call: UInt32, _ state: inout State) {
        state.calls[call] = nil
        state.statistics.queuedRecords -= append.records
        state.statistics.queuedBytes -= append.bytes
        if append.error == nil {
            state.statistics.appendedRecords += Int64(append.records)
            state.statistics.appendedBytes += Int64(append.bytes)
        } else {
            state.statistics.failedRecords += Int64(append.records)
        }
    }

    private func finish(_ appends: [KafkaAppend]) {
        for append in appends {
            if append.error == nil {
                self.observer.appended(
                    records: append.records, bytes: append.bytes, duration: append.start.duration(to: .now))
            } else {
                self.observer.appendFailed(records: append.records)
            }
            append.resume()
        }
        // Of all that ended together a caller hears in one.
        var told: KafkaAppendLots?
        for case let lots? in appends.lazy.map(\.lots) where lots !== told {
            lots.tell()
            told = lots
        }
    }

    /// Hands over what is pending and takes delivery reports; waits for them where nothing is pending.
    /// - Returns: false after ``close()``.
    func advance() -> Bool {
        let (producer, retired, pending, isClosed) = self.state.withLock { state in
            for pending in state.pending { Self.makeHandles(for: pending.append.topicPartitions, in: &state.producer) }
            defer { state.pending = [] }
            state.isWaiting = state.pending.isEmpty
            return (state.producer, state.retired, state.pending, state.isClosed)
        }
        for lot in pending {
            self.produce(lot, through: producer)
            self.takeReports(of: producer, waitMilliseconds: 0)
        }
        for producer in retired { self.takeReports(of: producer, waitMilliseconds: 0) }
        // Calls back as a poll does, and sends what lingers.
        if isClosed { rd_kafka_flush(producer.handle.pointer, Self.flushMilliseconds) }
        if pending.isEmpty {
            self.takeReports(
                of: producer, waitMilliseconds: isClosed ? Self.flushMilliseconds : Self.waitMillisecondsMax)
        }
        self.state.withLock { $0.isWaiting = false }
        if !retired.isEmpty { self.freeRetired() }
        return !self.isStopping.withLock { $0 }
    }

    private func takeReports(of producer: Producer, waitMilliseconds: Int32) {
        rd_kafka_poll(producer.handle.pointer, waitMilliseconds)
        producer.handle.reports?.take { reports in
            var ends = EndsSeen()
            var spent: rd_kafka_resp_err_t?
            let done = self.state.withLock { state in
                var done: [KafkaAppend] = []
                var current: (call: UInt32, append: KafkaAppend)?
                for report in reports {
                    if report.code.endsProducer { spent = report.code }
                    let call = UInt32(report.opaque >> 32)
                    if current?.call != call { current = state.calls[call].map { (call, $0) } }
                    guard let append = current?.append else { continue }
                    let index = Int(UInt32(truncatingIfNeeded: report.opaque))
                    if report.code == RD_KAFKA_RESP_ERR_NO_ERROR, report.offset >= 0 {
                        ends.note(append.topicPartitions[index], report.offset + 1)
                    }
                    if append.report(index, offset: report.offset, report.code, from: producer.handle) {
                        Self.settle(append, call, &state)
                        done.append(append)
                        current = nil
                    }
                }
                return done
            }
            if let spent { self.replaceProducer(producer.handle, spent) }
            // Before the callers are told: who reads next sees what was appended.
            self.table.noteEnds(ends.all)
            self.finish(done)
        }
    }

    /// Frees those that nobody uses and that have reported everything. For the thread of ``advance()``.
    private func freeRetired() {
        let free = self.state.withLock { state in
            let index = state.retired.partition { $0.users == 0 && rd_kafka_outq_len($0.handle.pointer) == 0 }
            defer { state.retired.removeSubrange(index...) }
            return Array(state.retired[index...])
        }
        for producer in free { Self.destroy(producer, patience: .zero) }
    }

    /// An idempotent producer that has lost its place can go on no more: another one begins anew. What the old one had
    /// is reported as failed; its callers come again. The old one stays while somebody asks it something.
    private func replaceProducer(_ old: KafkaHandle, _ code: rd_kafka_resp_err_t) {
        let isReplaced = self.state.withLock { state in
            guard state.producer.handle === old, !state.isClosed,
                let handle = try? KafkaHandle(.producer, .producer(self.configuration), logger: self.logger)
            else { return false }
            state.retired.append(state.producer)
            state.producer = Producer(handle)
            return true
        }
        guard isReplaced else { return }
        self.logger.error(
            "the Kafka producer failed for good and is replaced",
            metadata: ["error": "\(old.fatalError?.text ?? String(cString: rd_kafka_err2str(code)))"])
        rd_kafka_purge(old.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    }

    /// Takes nothing more; waits for what is under way, as long as an append may take and a little longer.
    func close() async {
        let producer = self.state.withLock { state -> Producer? in
            defer { state.isClosed = true }
            return state.isClosed ? nil : state.producer
        }
        guard let producer else { return }
        let deadline = ContinuousClock.now + .milliseconds(self.configuration.deliveryTimeoutMilliseconds)
        // The thread of advance() still hands over what is pending, sends it without lingering, and takes the reports:
        // they come on the thread that asks for them, and must on no other.
        while !self.state.withLock({ $0.calls.isEmpty }), ContinuousClock.now < deadline + KafkaHandle.endPatience {
            if ContinuousClock.now >= deadline {
                rd_kafka_purge(
                    producer.handle.pointer,
                    RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
            }
            await KafkaSignal().wait(until: .now + Self.closingPause, endsWithTask: false)
        }
        self.isStopping.withLock { $0 = true }
        self.finish(self.state.withLock { Self.giveUp(&$0) })
    }

    /// What librdkafka has not reported of even after its time was up: its callers are not left waiting.
    private static func giveUp(_ state: inout State) -> [KafkaAppend] {
        let rest = state.calls
        for (call, append) in rest {
            append.giveUp(EventLogError(.unavailable, "the log was closed before the brokers answered"))
            Self.settle(append, call, &state)
        }
        state.pending = []
        return Array(rest.values)
    }

    /// Frees the producer; after ``close()``, when ``advance()`` has said that it is over.
    func destroy() {
        for producer in self.state.withLock({ [$0.producer] + $0.retired }) { Self.destroy(producer) }
    }

    private static func destroy(_ producer: Producer, patience: Duration = KafkaHandle.endPatience) {
        for topic in producer.topics.values { rd_kafka_topic_destroy(topic) }
        rd_kafka_queue_destroy(producer.queue)
        producer.handle.destroy(patience: patience)
    }
}
