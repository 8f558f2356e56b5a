import CRdKafka
import EventLog

extension EventLogError {
    /// What an error of librdkafka or of a broker means for the router.
    ///
    /// - Parameter context: what was done, as the beginning of a sentence.
    /// - Parameter handle: the client that gave the error: it may know better why nobody answered.
    init(kafka code: rd_kafka_resp_err_t, _ context: String, from handle: KafkaHandle? = nil) {
        if KafkaConnectionFault.explains(code), let fault = handle?.connectionFault {
            self.init(Self.code(of: code), "\(context): \(fault.text); \(fault.mend)")
            return
        }
        let text = String(cString: rd_kafka_err2str(code))
        self.init(Self.code(of: code), "\(context): \(text)\(Self.mend(code))")
        self.isForbidden = Self.isAuthorization(code)
    }

    /// Takes over an error object of librdkafka.
    init(taking error: OpaquePointer, _ context: String) {
        let code = rd_kafka_error_code(error)
        let text = rd_kafka_error_string(error).map { String(cString: $0) } ?? ""
        rd_kafka_error_destroy(error)
        self.init(Self.code(of: code), "\(context): \(text)\(Self.mend(code))")
        self.isForbidden = Self.isAuthorization(code)
    }

    private static func code(of code: rd_kafka_resp_err_t) -> Code {
        switch code {
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: .unknownTopic
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: .unknownPartition
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: .offsetOutOfRange
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
            RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE:
            .tooLarge
        case RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED: .overloaded
        case RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR__BAD_MSG,
            RD_KAFKA_RESP_ERR__BAD_COMPRESSION, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
            .corruptRecord
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
            RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
            RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
            .invalidTopic
        case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR: .full
        case RD_KAFKA_RESP_ERR__DESTROY: .closed
        default: .unavailable
        }
    }

    private static func mend(_ code: rd_kafka_resp_err_t) -> String {
        switch code {
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT,
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__RESOLVE:
            "; look whether the brokers run and can be reached, and whether they want TLS or SASL"
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: "; give the principal the right to the topic"
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED: "; give the principal the right to the group"
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: "; give the principal the right on the cluster"
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            "; look at the mechanism, the user and the password"
        case RD_KAFKA_RESP_ERR__SSL: "; look at the authority, the certificate and the key"
        case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
            "; fewer replicas are in sync than the topic wants"
        default: ""
        }
    }

    /// Whether the principal may not do what was asked.
    private static func isAuthorization(_ code: rd_kafka_resp_err_t) -> Bool {
        code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED
            || code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
    }
}
