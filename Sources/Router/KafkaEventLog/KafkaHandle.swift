import CRdKafka
import Dispatch
import EventLog
import Logging
import NIOPosix
import Synchronization

/// One client of librdkafka: a producer or a consumer with its threads and connections.
///
/// `@unchecked Sendable`: librdkafka's handles may be used from any thread, and the pointer never changes;
/// ``destroy()`` is called once, by the owner, when no call is under way.
final class KafkaHandle: @unchecked Sendable {
    /// What the client is for.
    enum Kind {
        case producer
        case consumer
    }

    /// How long librdkafka is waited for, each time that something ends: it may wait for an answer, or for a connection
    /// of its own, without end (https://github.com/confluentinc/librdkafka/issues/4519).
    static let endPatience = Duration.seconds(10)
    let pointer: OpaquePointer
    /// What the delivery reports said, where they are kept.
    let reports: KafkaReports?
    private let context: Unmanaged<KafkaClientContext>
    private let logger: Logger
    private let isDestroyed = Mutex(false)

    /// - Throws: ``EventLogError`` where librdkafka does not take the settings; its sentence names the setting.
    init(_ kind: Kind, _ settings: KafkaSettings, logger: Logger) throws(EventLogError) {
        guard let configuration = rd_kafka_conf_new() else {
            throw EventLogError(.unavailable, "there is no memory for a Kafka client")
        }
        let reports = settings.reports == .kept ? KafkaReports() : nil
        let context = Unmanaged.passRetained(KafkaClientContext(logger: logger, reports: reports, settings: settings))
        rd_kafka_conf_set_opaque(configuration, context.toOpaque())
        rd_kafka_conf_set_log_cb(configuration, KafkaClientContext.callback)
        var reason = [CChar](repeating: 0, count: 512)
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                context.release()
                let text = settings.safe(String(nulTerminated: reason))
                throw EventLogError(
                    .unavailable, "the Kafka client does not take '\(name)': \(text)\(Self.mend(of: name))")
            }
        }
        for (name, value) in settings.optional where settings.values[name] == nil {
            rd_kafka_conf_set(configuration, name, value, nil, 0)
        }
        if settings.enabledEvents != 0 { rd_kafka_conf_set_events(configuration, settings.enabledEvents) }
        switch settings.reports {
        case .none: break
        case .ignored: rd_kafka_conf_set_dr_msg_cb(configuration) { _, _, _ in }
        case .kept: rd_kafka_conf_set_dr_msg_cb(configuration, KafkaReports.callback)
        }
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let pointer = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            context.release()
            throw EventLogError(
                .unavailable, "the Kafka client cannot be made: \(settings.safe(String(nulTerminated: reason)))")
        }
        self.pointer = pointer
        self.context = context
        self.reports = reports
        self.logger = logger
        // Tokens are renewed on librdkafka's own thread: nobody has to poll for it.
        if settings.values["sasl.oauthbearer.method"] != nil {
            if let error = rd_kafka_sasl_background_callbacks_enable(pointer) { rd_kafka_error_destroy(error) }
        }
    }

    private static func mend(of name: String) -> String {
        guard name.hasPrefix("sasl.oauthbearer.") else { return "" }
        return "; OAUTHBEARER needs a librdkafka that was built with libcurl: install one, or take another mechanism"
    }

    /// Ends the client, and waits for its threads a while; those that do not end by then go on, and nobody waits for
    /// them any more. No call may be under way, and none may come after. For a blocking thread.
    ///
    /// - Parameters:
    ///   - leavesGroup: false for a consumer that could not leave its group: the coordinator finds out when it is heard
    ///     of no more.
    ///   - patience: how long it is waited for; nothing is said of a client that nobody waits for.
    func destroy(leavesGroup: Bool = true, patience: Duration = KafkaHandle.endPatience) {
        let isFirst = self.isDestroyed.withLock { isDestroyed in
            defer { isDestroyed = true }
            return !isDestroyed
        }
        guard isFirst else { return }
        let flags = leavesGroup ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE
        let (freed, undertaker) = (DispatchSemaphore(value: 0), NIOThreadPool(numberOfThreads: 1))
        undertaker.start()
        undertaker.submit { _ in
            rd_kafka_destroy_flags(self.pointer, flags)
            self.context.release()
            freed.signal()
            undertaker.shutdownGracefully { _ in }
        }
        guard patience > .zero else { return }
        guard freed.wait(timeout: .now() + .milliseconds(Int(patience.wholeMilliseconds))) == .timedOut else { return }
        self.logger.warning("a Kafka client does not end, and is left to itself")
    }

    /// Leaves the client as it is until the process ends, where it cannot be freed. No call may come after.
    func abandon() { self.isDestroyed.withLock { $0 = true } }

    /// As what the coordinator of its group knows this consumer; nil where it does not. Not after ``destroy()``.
    var memberID: String? {
        guard let text = rd_kafka_memberid(self.pointer) else { return nil }
        defer { rd_kafka_mem_free(self.pointer, text) }
        let id = String(cString: text)
        return id.isEmpty ? nil : id
    }

    /// Begins to leave the group; what has to be answered meanwhile comes into the queue.
    ///
    /// librdkafka 2.16 does not tell the coordinator of a member that has no partitions, for whom the others would wait
    /// until its session is over; but it does where a member gives up its subscription first.
    /// - Returns: false where there is nothing to leave.
    func beginLeaving(_ queue: OpaquePointer?) -> Bool {
        var assignment: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        if rd_kafka_assignment(self.pointer, &assignment) == RD_KAFKA_RESP_ERR_NO_ERROR, let assignment {
            if assignment.pointee.cnt == 0 { rd_kafka_unsubscribe(self.pointer) }
            rd_kafka_topic_partition_list_destroy(assignment)
        }
        guard let error = rd_kafka_consumer_close_queue(self.pointer, queue) else { return true }
        rd_kafka_error_destroy(error)
        return false
    }

    /// Why brokers let this client in no more, where one said so a short while ago. Not after ``destroy()``.
    var connectionFault: KafkaConnectionFault? {
        self.context._withUnsafeGuaranteedRef(\.connectionFault)
    }

    /// Why an idempotent or transactional producer, or a static member, can go on no more; nil where it can.
    var fatalError: (code: rd_kafka_resp_err_t, text: String)? {
        var reason = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(self.pointer, &reason, reason.count)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : (code, String(nulTerminated: reason))
    }
}

extension String {
    /// The text of a C buffer up to its first zero.
    init(nulTerminated buffer: [CChar]) {
        self = buffer.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return "" }
            return String(cString: base)
        }
    }
}
