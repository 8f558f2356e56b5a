import CRdKafka

/// Why brokers that are there let nobody in: what librdkafka said when a connection could not be encrypted, or its
/// client not sign in.
///
/// librdkafka goes on trying, and ends the requests that wait for a connection as if nobody were there. What it logs
/// tells more.
struct KafkaConnectionFault: Sendable, Hashable {
    /// What was said, without what is of use to librdkafka alone.
    let text: String
    /// What to look at, as the end of a sentence.
    let mend: String

    /// nil where the line tells of something else.
    init?(line: String) {
        guard let kind = Self.kinds.first(where: { $0.words.contains { line.contains($0) } }) else { return nil }
        var text = Substring(line)
        if text.hasPrefix("[thrd:"), let end = text.firstRange(of: "]: ") { text = text[end.upperBound...] }
        if let end = text.ranges(of: " (after ").last { text = text[..<end.lowerBound] }
        self.text = String(text.drop { $0 == " " })
        let isRefusedByNewBrokers =
            rd_kafka_version() < Self.firstVersionWithOneNonce && kind.words == Self.refusalWords
            && line.contains("SCRAM")
        self.mend = kind.mend + (isRefusedByNewBrokers ? Self.nonceHint : "")
    }

    /// 2.6.1: https://github.com/confluentinc/librdkafka/pull/4895
    private static let firstVersionWithOneNonce: Int32 = 0x0206_01ff
    private static let nonceHint =
        "; brokers of Kafka 4 take SCRAM of librdkafka 2.6.1 and newer only, and this one is "
        + String(cString: rd_kafka_version_str())
    private static let refusalWords = ["SASL authentication error"]

    /// By the words that tell them; the first that fits.
    private static let kinds: [(words: [String], mend: String)] = [
        (["OAUTHBEARER", "OIDC"], "look at the token endpoint, the client's id and its secret"),
        (["mechanism handshake failed"], "take a mechanism that the brokers have"),
        (Self.refusalWords, "look at the mechanism, the user and the password"),
        (
            ["certificate required", "certificate_required", "bad certificate", "handshake failure", "unknown ca"],
            "look at the client's certificate and its key: the brokers do not take them, or want one"
        ),
        (
            ["certificate verify failed"],
            "look at the authority, and whether the brokers' certificate is for the name they are reached by"
        ),
        (["SSL handshake failed", "SSL routines"], "look whether the brokers speak TLS on this port"),
    ]

    /// Whether requests that end like this may have waited for a connection.
    static func explains(_ code: rd_kafka_resp_err_t) -> Bool {
        switch code {
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR__WAIT_COORD:
            true
        default: false
        }
    }
}
