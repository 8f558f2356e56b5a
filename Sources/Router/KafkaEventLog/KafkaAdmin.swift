import CRdKafka
import EventLog

/// Requests to the brokers that wait for their answer; each call blocks a thread of ``BlockingCalls``.
struct KafkaAdmin: Sendable {
    /// A topic as the brokers' metadata has it.
    struct TopicMetadata: Sendable {
        var topic: Topic
        var partitions: Int
        var replicas: Int
        /// Whether every partition has a leader.
        var isLed: Bool
    }

    let handle: KafkaHandle
    let timeoutMilliseconds: Int
    let coordinators = KafkaCoordinators()

    var timeout: Int32 { Int32(clamping: self.timeoutMilliseconds) }

    /// One topic, or with nil all that the principal may see. One that is not there is not in the answer.
    func metadata(_ topic: Topic?) -> Result<[TopicMetadata], EventLogError> {
        var topicHandle: OpaquePointer?
        if let topic {
            topicHandle = rd_kafka_topic_new(self.handle.pointer, topic.name, nil)
            guard topicHandle != nil else {
                return .failure(EventLogError(.invalidTopic, "'\(topic)' is no topic name that Kafka takes"))
            }
        }
        defer { if let topicHandle { rd_kafka_topic_destroy(topicHandle) } }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(
            self.handle.pointer, topic == nil ? 1 : 0, topicHandle, &answer, self.timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            return .failure(EventLogError(kafka: code, "the brokers do not tell their topics", from: self.handle))
        }
        defer { rd_kafka_metadata_destroy(answer) }
        var topics: [TopicMetadata] = []
        for index in 0..<Int(answer.pointee.topic_cnt) {
            let found = answer.pointee.topics[index]
            switch found.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE: break
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: continue
            default:
                if topic == nil { continue }
                return .failure(EventLogError(kafka: found.err, "the brokers do not tell of topic '\(topic!)'"))
            }
            let partitions = UnsafeBufferPointer(start: found.partitions, count: Int(found.partition_cnt))
            topics.append(
                TopicMetadata(
                    topic: Topic(String(cString: found.topic)), partitions: partitions.count,
                    replicas: partitions.first.map { Int($0.replica_cnt) } ?? 0,
                    isLed: !partitions.isEmpty && partitions.allSatisfy { $0.leader >= 0 }))
        }
        return .success(topics)
    }

    /// What the cluster calls itself.
    func clusterID() -> Result<String, EventLogError> {
        guard let text = rd_kafka_clusterid(self.handle.pointer, self.timeout) else {
            return .failure(
                EventLogError(
                    kafka: RD_KAFKA_RESP_ERR__TIMED_OUT, "the brokers do not tell which cluster they are",
                    from: self.handle))
        }
        defer { rd_kafka_mem_free(self.handle.pointer, text) }
        return .success(String(cString: text))
    }

    /// What a partition holds.
    func bounds(_ topicPartition: TopicPartition) -> Result<OffsetBounds, EventLogError> {
        var (low, high): (Int64, Int64) = (0, 0)
        let code = rd_kafka_query_watermark_offsets(
            self.handle.pointer, topicPartition.topic.name, topicPartition.partition.value, &low, &high, self.timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            var error = EventLogError(kafka: code, "the bounds of \(topicPartition) cannot be read", from: self.handle)
            // The partition is there: the client that was without brokers has not heard of it again.
            if code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION { error.code = .unavailable }
            return .failure(error)
        }
        return .success(OffsetBounds(start: Offset(low), end: Offset(high)))
    }

    /// The first offset whose record has this timestamp or a later one; nil where there is none.
    func offset(_ topicPartition: TopicPartition, at timestamp: Timestamp) -> Result<Offset?, EventLogError> {
        let list = KafkaPartitionList([(topicPartition, timestamp.milliseconds, nil)])
        let code = rd_kafka_offsets_for_times(self.handle.pointer, list.pointer, self.timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(
                EventLogError(kafka: code, "\(topicPartition) cannot be searched by time", from: self.handle))
        }
        guard let found = list.elements.first else { return .success(nil) }
        guard found.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(EventLogError(kafka: found.error, "\(topicPartition) cannot be searched by time"))
        }
        return .success(found.offset >= 0 ? Offset(found.offset) : nil)
    }

    /// The brokers of the cluster, by id.
    func brokers() -> Result<[Int32], EventLogError> {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(self.handle.pointer, 0, nil, &answer, self.timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            return .failure(EventLogError(kafka: code, "the brokers do not tell who they are", from: self.handle))
        }
        defer { rd_kafka_metadata_destroy(answer) }
        let brokers = UnsafeBufferPointer(
            start: answer.pointee.brokers, count: Int(answer.pointee.broker_cnt))
        return .success(brokers.map(\.id).sorted())
    }

    /// Makes one request of the admin API and waits for its answer. Not for requests to a group's coordinator, see
    /// ``coordinated(_:_:groups:submit:read:)``.
    /// - Parameters:
    ///   - submit: hands the request to librdkafka.
    ///   - read: takes what is wanted out of the answer.
    func request<Value>(
        _ operation: rd_kafka_admin_op_t, _ context: String, submit: (OpaquePointer?, OpaquePointer?) -> Void,
        read: (OpaquePointer) -> Result<Value, EventLogError>
    ) -> Result<Value, EventLogError> {
        var value: Result<Value, EventLogError>?
        self.requests(operation, count: 1, broker: { _ in nil }) { _, options, queue in
            submit(options, queue)
        } take: { _, event in
            let code = rd_kafka_event_error(event)
            value =
                code == RD_KAFKA_RESP_ERR_NO_ERROR
                ? read(event) : .failure(EventLogError(kafka: code, context, from: self.handle))
        }
        return value ?? .failure(EventLogError(kafka: RD_KAFKA_RESP_ERR__TIMED_OUT, context, from: self.handle))
    }

    /// Makes several requests of one kind at the same time, and waits for their answers, in any order. What has no
    /// answer when the time is over is left out.
    /// - Parameter broker: who is asked; nil: whoever librdkafka asks of itself.
    func requests(
        _ operation: rd_kafka_admin_op_t, count: Int, broker: (_ index: Int) -> Int32?,
        submit: (_ index: Int, _ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void,
        take: (_ index: Int, _ event: OpaquePointer) -> Void
    ) {
        let rk = self.handle.pointer
        let queue = rd_kafka_queue_new(rk)
        defer { rd_kafka_queue_destroy(queue) }
        var reason = [CChar](repeating: 0, count: 256)
        for index in 0..<count {
            let options = rd_kafka_AdminOptions_new(rk, operation)
            defer { rd_kafka_AdminOptions_destroy(options) }
            _ = rd_kafka_AdminOptions_set_request_timeout(options, self.timeout, &reason, reason.count)
            if let broker = broker(index) {
                _ = rd_kafka_AdminOptions_set_broker(options, broker, &reason, reason.count)
            }
            rd_kafka_AdminOptions_set_opaque(options, UnsafeMutableRawPointer(bitPattern: index + 1))
            submit(index, options, queue)
        }
        for _ in 0..<count {
            // librdkafka itself ends a request when its time is over.
            guard let event = rd_kafka_queue_poll(queue, self.timeout + 5_000) else { return }
            take(Int(bitPattern: rd_kafka_event_opaque(event)) - 1, event)
            rd_kafka_event_destroy(event)
        }
    }
}
