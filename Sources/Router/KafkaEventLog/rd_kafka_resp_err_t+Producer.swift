import CRdKafka

extension rd_kafka_resp_err_t {
    /// Whether an idempotent producer has lost its place with the brokers: they take nothing of it any more. Some are
    /// no fatal errors to librdkafka, which would go on with them for ever.
    var endsProducer: Bool {
        switch self {
        case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
            true
        default: false
        }
    }
}
