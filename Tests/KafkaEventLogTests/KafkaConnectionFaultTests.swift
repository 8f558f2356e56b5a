import Testing

@testable import KafkaEventLog

struct KafkaConnectionFaultTests {
    @Test(arguments: [
        "[thrd:127.0.0.1:1/bootstrap]: 127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused "
            + "(after 0ms in state CONNECT)",
        "[thrd:sasl_ssl://b:1/2]: sasl_ssl://b:1/2: Disconnected (after 600000ms in state UP)",
        "[thrd:ssl://b:1/2]: ssl://b:1/2: Disconnected: SSL connection closed by peer (after 60ms in state UP)",
        "",
    ]) func aConnectionThatOnlyEndsIsNone(_ line: String) {
        #expect(KafkaConnectionFault(line: line) == nil)
    }

    @Test func whatIsOfUseToTheClientAloneIsLeftOut() throws {
        let line =
            "[thrd:sasl_plaintext://b:1/bootstrap]: sasl_plaintext://b:1/bootstrap: SASL authentication error: it is "
            + "wrong (after 19ms in state AUTH_REQ)"
        let fault = try #require(KafkaConnectionFault(line: line))
        #expect(fault.text == "sasl_plaintext://b:1/bootstrap: SASL authentication error: it is wrong")
        #expect(fault.mend == "look at the mechanism, the user and the password")
    }
}
