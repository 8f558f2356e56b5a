import Delivery
import Testing

/// What counts as an agreement (CloudEvents HTTP webhook specification, section 4.2).
struct HandshakeAnswerTests {
    private static func answer(
        _ status: Int = 200, origins: [String] = ["router.example"], rates: [String] = []
    ) -> HandshakeAnswer {
        HandshakeAnswer(status: status, origin: "router.example", allowedOrigins: origins, allowedRates: rates)
    }

    @Test func theOriginOrEveryoneMayBeAllowed() {
        #expect(Self.answer() == .allowed(requestsPerMinute: nil))
        #expect(Self.answer(204, origins: ["*"]) == .allowed(requestsPerMinute: nil))
        #expect(Self.answer(origins: ["Router.Example"]) == .allowed(requestsPerMinute: nil))
    }

    @Test func aRateIsANumberOrNoLimit() {
        #expect(Self.answer(rates: ["120"]) == .allowed(requestsPerMinute: 120))
        #expect(Self.answer(rates: ["*"]) == .allowed(requestsPerMinute: nil))
        #expect(Self.answer(rates: ["99999999999999999999"]) == .allowed(requestsPerMinute: nil))
    }

    @Test(arguments: [
        answer(404), answer(301), answer(origins: []), answer(origins: ["other.example"]),
        answer(origins: ["router.example", "other.example"]), answer(rates: ["0"]), answer(rates: ["-1"]),
        answer(rates: ["fast"]), answer(rates: [""]), answer(rates: ["1", "2"]),
    ])
    func everythingElseIsARefusalWithAReason(_ answer: HandshakeAnswer) {
        guard case .refused(let reason) = answer else {
            Issue.record("it was allowed")
            return
        }
        #expect(reason.hasPrefix("the sink a"))
        #expect(!reason.contains("other.example"))
    }
}
