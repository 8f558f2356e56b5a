import CRdKafka
import EventLog

extension KafkaAdmin {
    /// How a topic is kept, as far as the router cares.
    struct TopicSettings: Sendable, Hashable {
        var isCompacted: Bool
        var retentionAge: Duration?
        var retentionBytesMax: Int64?
        /// Bytes of a record batch; nil where the brokers do not say.
        var recordBytesMax: Int?
    }

    /// Makes a topic. One that is there already is no fault: `false`.
    func create(_ specification: TopicSpecification) -> Result<Bool, EventLogError> {
        let context = "topic '\(specification.topic)' cannot be made"
        var reason = [CChar](repeating: 0, count: 256)
        var request = rd_kafka_NewTopic_new(
            specification.topic.name, Int32(specification.partitions), Int32(specification.replicas ?? -1), &reason,
            reason.count)
        guard request != nil else {
            return .failure(EventLogError(.invalidTopic, "\(context): \(String(nulTerminated: reason))"))
        }
        defer { rd_kafka_NewTopic_destroy(request) }
        for (name, value) in specification.kafkaSettings { rd_kafka_NewTopic_set_config(request, name, value) }
        return self.request(RD_KAFKA_ADMIN_OP_CREATETOPICS, context) { options, queue in
            rd_kafka_CreateTopics(self.handle.pointer, &request, 1, options, queue)
        } read: { event in
            var count = 0
            let topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return Self.outcome(topics, count, context, except: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        }
    }

    /// Adds partitions so that there are `count`; false where there are that many already.
    func addPartitions(_ topic: Topic, upTo count: Int) -> Result<Bool, EventLogError> {
        let context = "partitions cannot be added to topic '\(topic)'"
        var reason = [CChar](repeating: 0, count: 256)
        var request = rd_kafka_NewPartitions_new(topic.name, count, &reason, reason.count)
        guard request != nil else {
            return .failure(EventLogError(.invalidTopic, "\(context): \(String(nulTerminated: reason))"))
        }
        defer { rd_kafka_NewPartitions_destroy(request) }
        return self.request(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, context) { options, queue in
            rd_kafka_CreatePartitions(self.handle.pointer, &request, 1, options, queue)
        } read: { event in
            var found = 0
            let topics = rd_kafka_CreatePartitions_result_topics(
                rd_kafka_event_CreatePartitions_result(event), &found)
            return Self.outcome(topics, found, context, except: RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
        }
    }

    private static func outcome(
        _ topics: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ context: String,
        except harmless: rd_kafka_resp_err_t
    ) -> Result<Bool, EventLogError> {
        guard count > 0, let topic = topics?[0] else { return .success(true) }
        let code = rd_kafka_topic_result_error(topic)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return .success(true) }
        if code == harmless { return .success(false) }
        var error = EventLogError(kafka: code, context)
        if let text = rd_kafka_topic_result_error_string(topic) { error.message += " (\(String(cString: text)))" }
        return .failure(error)
    }

    /// How topics are kept. A topic whose settings the principal may not see is not in the answer.
    func settings(_ topics: [Topic]) -> Result<[Topic: TopicSettings], EventLogError> {
        guard !topics.isEmpty else { return .success([:]) }
        var requests: [OpaquePointer?] = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0.name) }
        defer { for request in requests { rd_kafka_ConfigResource_destroy(request) } }
        return self.request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "the brokers do not tell how topics are kept") {
            options, queue in
            rd_kafka_DescribeConfigs(self.handle.pointer, &requests, requests.count, options, queue)
        } read: { event in
            var count = 0
            let resources = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            var settings: [Topic: TopicSettings] = [:]
            for index in 0..<count {
                guard let resource = resources?[index],
                    rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR,
                    let name = rd_kafka_ConfigResource_name(resource)
                else { continue }
                settings[Topic(String(cString: name))] = TopicSettings(Self.values(of: resource))
            }
            return .success(settings)
        }
    }

    private static func values(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var values: [String: String] = [:]
        for index in 0..<count {
            guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry),
                let value = rd_kafka_ConfigEntry_value(entry)
            else { continue }
            values[String(cString: name)] = String(cString: value)
        }
        return values
    }

    /// Replaces the settings of a topic; those that are not named go back to the brokers' defaults, so all that differ
    /// from them are named.
    func alter(_ topic: Topic, _ values: [String: String]) -> Result<Void, EventLogError> {
        let context = "the settings of topic '\(topic)' cannot be changed"
        var request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name)
        defer { rd_kafka_ConfigResource_destroy(request) }
        for (name, value) in values { rd_kafka_ConfigResource_set_config(request, name, value) }
        return self.request(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, context) { options, queue in
            rd_kafka_AlterConfigs(self.handle.pointer, &request, 1, options, queue)
        } read: { event in
            var count = 0
            let resources = rd_kafka_AlterConfigs_result_resources(
                rd_kafka_event_AlterConfigs_result(event), &count)
            guard count > 0, let resource = resources?[0] else { return .success(()) }
            let code = rd_kafka_ConfigResource_error(resource)
            return code == RD_KAFKA_RESP_ERR_NO_ERROR ? .success(()) : .failure(EventLogError(kafka: code, context))
        }
    }

    /// The settings of a topic that are its own, not the brokers' defaults.
    func ownSettings(_ topic: Topic) -> Result<[String: String], EventLogError> {
        let context = "the brokers do not tell how topic '\(topic)' is kept"
        var request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name)
        defer { rd_kafka_ConfigResource_destroy(request) }
        return self.request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, context) { options, queue in
            rd_kafka_DescribeConfigs(self.handle.pointer, &request, 1, options, queue)
        } read: { event in
            var count = 0
            let resources = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            guard count > 0, let resource = resources?[0] else { return .success([:]) }
            let code = rd_kafka_ConfigResource_error(resource)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(EventLogError(kafka: code, context)) }
            var values: [String: String] = [:]
            var entryCount = 0
            let entries = rd_kafka_ConfigResource_configs(resource, &entryCount)
            for index in 0..<entryCount {
                guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry),
                    let value = rd_kafka_ConfigEntry_value(entry),
                    rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG
                else { continue }
                values[String(cString: name)] = String(cString: value)
            }
            return .success(values)
        }
    }
}

extension KafkaAdmin.TopicSettings {
    /// Reads Kafka's names.
    init(_ values: [String: String]) {
        let policy = values["cleanup.policy"].map { Set($0.split(separator: ",").map { $0.filter { $0 != " " } }) }
        // Where nothing is deleted, the retention that is set does nothing.
        let isDeleted = policy?.contains("delete") ?? true
        let age = isDeleted ? values["retention.ms"].flatMap { Int64($0) } : nil
        let bytes = isDeleted ? values["retention.bytes"].flatMap { Int64($0) } : nil
        self.init(
            isCompacted: policy?.contains("compact") ?? false,
            retentionAge: age.flatMap { $0 >= 0 ? .milliseconds($0) : nil },
            retentionBytesMax: bytes.flatMap { $0 >= 0 ? $0 : nil },
            recordBytesMax: values["max.message.bytes"].flatMap { Int($0) })
    }
}

extension TopicSpecification {
    /// The settings in Kafka's names.
    var kafkaSettings: [(name: String, value: String)] {
        var settings: [(String, String)] = []
        let hasLimit = self.retentionAge != nil || self.retentionBytesMax != nil
        settings.append(("cleanup.policy", self.isCompacted ? (hasLimit ? "compact,delete" : "compact") : "delete"))
        settings.append(("retention.ms", self.retentionAge.map { "\($0.wholeMilliseconds)" } ?? "-1"))
        settings.append(("retention.bytes", self.retentionBytesMax.map { "\($0)" } ?? "-1"))
        return settings
    }
}

extension Duration {
    /// Milliseconds, cut off.
    var wholeMilliseconds: Int64 {
        self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
