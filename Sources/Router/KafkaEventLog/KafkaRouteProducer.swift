import CRdKafka
import EventLog
import Logging

/// A transactional producer of one route. Used by the route's thread alone.
final class KafkaRouteProducer {
    /// What came of a step of a transaction.
    enum Outcome {
        case done
        /// Nothing of the transaction is there, or will be.
        case aborted(EventLogError)
        /// The producer is of no use any more; whether the transaction is there is not known.
        case failed(EventLogError)
    }

    /// How long one step may be tried again, in all.
    private static let patience = Duration.seconds(30)
    private static let retryMilliseconds: Int32 = 50
    let handle: KafkaHandle
    private let topic: OpaquePointer
    private let timeout: Int32
    private(set) var isInTransaction = false

    /// Makes the producer, and takes the place of an older one of the same id: what that one had open is ended first.
    /// For a blocking thread.
    /// - Throws: ``EventLogError`` where the brokers do not let it, or do not answer in time.
    init(
        _ configuration: KafkaEventLogConfiguration, id: String, target: Topic, logger: Logger
    ) throws(EventLogError) {
        let handle = try KafkaHandle(.producer, .route(configuration, transactionalID: id), logger: logger)
        self.timeout = Int32(clamping: max(configuration.requestTimeoutMilliseconds, 1_000))
        if let error = Self.begin(handle, timeout: self.timeout) {
            handle.destroy()
            throw error
        }
        guard let topic = rd_kafka_topic_new(handle.pointer, target.name, nil) else {
            handle.destroy()
            throw EventLogError(kafka: rd_kafka_last_error(), "topic '\(target)' cannot be written")
        }
        self.handle = handle
        self.topic = topic
    }

    private static func begin(_ handle: KafkaHandle, timeout: Int32) -> EventLogError? {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            guard let error = rd_kafka_init_transactions(handle.pointer, timeout) else { return nil }
            let isRetriable = rd_kafka_error_is_retriable(error) != 0
            let fault = EventLogError(taking: error, "transactions cannot be begun")
            guard isRetriable, ContinuousClock.now < deadline else { return fault }
            rd_kafka_poll(handle.pointer, Self.retryMilliseconds)
        }
    }

    /// Why there can be no transactions; nil where there can. For a blocking thread.
    static func obstacle(_ configuration: KafkaEventLogConfiguration, logger: Logger) -> Result<String?, EventLogError>
    {
        let id = "\(configuration.prefix).route.probe.\(UInt32.random(in: 0...(.max)))"
        do throws(EventLogError) {
            let handle = try KafkaHandle(.producer, .route(configuration, transactionalID: id), logger: logger)
            defer { handle.destroy() }
            let timeout = Int32(clamping: max(configuration.requestTimeoutMilliseconds, 1_000))
            guard let error = rd_kafka_init_transactions(handle.pointer, timeout) else { return .success(nil) }
            let isRetriable = rd_kafka_error_is_retriable(error) != 0
            let fault = EventLogError(taking: error, "transactions cannot be begun")
            return isRetriable ? .failure(fault) : .success(fault.message)
        } catch { return .failure(error) }
    }

    /// Lets the producer go. A transaction that is open stays so until its time is up, or until the next producer of
    /// its id begins.
    func destroy() {
        rd_kafka_purge(self.handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_topic_destroy(self.topic)
        self.handle.destroy()
    }

    /// Opens a transaction, where none is.
    func open() -> Outcome {
        guard !self.isInTransaction else { return .done }
        if let error = rd_kafka_begin_transaction(self.handle.pointer) {
            return self.outcome(of: error, "a transaction cannot be begun")
        }
        self.isInTransaction = true
        return .done
    }

    /// Hands a message over to the target.
    /// - Parameter key: instead of the message's own.
    @inline(__always)
    func forward(_ message: UnsafeMutablePointer<rd_kafka_message_t>, key: [UInt8]?) -> rd_kafka_resp_err_t {
        guard let key else { return crk_forward(self.handle.pointer, self.topic, message, nil, -1) }
        return key.withUnsafeBytes { bytes in
            crk_forward(self.handle.pointer, self.topic, message, bytes.baseAddress, bytes.count)
        }
    }

    /// Lets go what was written.
    func takeReports() { rd_kafka_poll(self.handle.pointer, 0) }

    /// Makes durable what was forwarded, and with it the positions of the group that `consumer` is a member of: the
    /// coordinator refuses them from who is it no more.
    func commit(
        _ positions: [(topicPartition: TopicPartition, offset: Int64)], as consumer: KafkaRouteConsumer
    ) -> Outcome {
        let opened = self.open()
        guard case .done = opened else { return opened }
        let list = KafkaPartitionList(positions.map { ($0.topicPartition, $0.offset, nil) })
        guard let member = consumer.membership() else {
            return self.abort(EventLogError(.unavailable, "this process is no member of the route's group now"))
        }
        defer { rd_kafka_consumer_group_metadata_destroy(member) }
        let stored = self.retrying("positions cannot be stored in a transaction") {
            rd_kafka_send_offsets_to_transaction(self.handle.pointer, list.pointer, member, self.timeout)
        }
        guard case .done = stored else { return stored }
        let committed = self.retrying("a transaction cannot be committed") {
            rd_kafka_commit_transaction(self.handle.pointer, -1)
        }
        if case .done = committed { self.isInTransaction = false }
        self.takeReports()
        return committed
    }

    /// Takes back what was forwarded.
    /// - Parameter cause: what is told where it works.
    func abort(_ cause: EventLogError) -> Outcome {
        guard self.isInTransaction else { return .aborted(cause) }
        let deadline = ContinuousClock.now + Self.patience
        while true {
            guard let error = rd_kafka_abort_transaction(self.handle.pointer, -1) else {
                self.isInTransaction = false
                return .aborted(cause)
            }
            let isRetriable = rd_kafka_error_is_retriable(error) != 0
            let fault = EventLogError(taking: error, "a transaction cannot be aborted")
            guard isRetriable, ContinuousClock.now < deadline else { return .failed(fault) }
            rd_kafka_poll(self.handle.pointer, Self.retryMilliseconds)
        }
    }

    private func retrying(_ context: String, _ body: () -> OpaquePointer?) -> Outcome {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            guard let error = body() else { return .done }
            guard rd_kafka_error_is_retriable(error) != 0, ContinuousClock.now < deadline else {
                return self.outcome(of: error, context)
            }
            rd_kafka_error_destroy(error)
            rd_kafka_poll(self.handle.pointer, Self.retryMilliseconds)
        }
    }

    /// Takes the error over. What can be aborted is.
    private func outcome(of error: OpaquePointer, _ context: String) -> Outcome {
        let mustAbort = rd_kafka_error_txn_requires_abort(error) != 0
        let fault = EventLogError(taking: error, context)
        return mustAbort ? self.abort(fault) : .failed(fault)
    }
}
