import Delivery
import HTTPEventSink
import NIOCore
import RouterTestKit
import Testing

@Suite struct HTTPEventSinkAnswersTests {
    @Test(arguments: [200, 201, 202, 204, 206, 299])
    func everyStatusOf2xxIsDelivered(status: Int) async throws {
        let report = try await Self.report(on: .status(status))
        #expect(report.meaning == .delivered)
        #expect(report.status == status)
        #expect(report.error == nil)
    }

    @Test(arguments: [408, 425, 429, 500, 501, 502, 503, 504, 599, 600, 999])
    func whatMayPassIsTriedAgain(status: Int) async throws {
        let report = try await Self.report(on: .status(status))
        #expect(report.meaning == .retry(afterMilliseconds: nil))
        #expect(report.status == status)
        #expect(report.error?.hasPrefix("\(status)") == true)
    }

    @Test(arguments: [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 451, 499])
    func whatTryingAgainWouldNotChangeIsRejected(status: Int) async throws {
        let report = try await Self.report(on: .text(status, "<h1>token=s3cret</h1>"))
        #expect(report.meaning == .rejected)
        #expect(report.status == status)
        #expect(report.error?.hasPrefix("\(status)") == true)
        #expect(report.error?.contains("s3cret") == false)
    }

    @Test func goneEndsTheSubscription() async throws {
        let report = try await Self.report(on: .status(410))
        #expect(report.meaning == .gone)
        #expect(report.error == "410 Gone")
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await SinkWorld.run { world in
            world.server.script(.status(307, headers: [("Location", world.server.url("/elsewhere"))]))
            let report = await world.send()
            #expect(report.meaning == .rejected)
            #expect(report.error == "307 Temporary Redirect (redirects are not followed)")
            #expect(world.server.requests.map { $0.uri } == ["/hook"])
        }
    }

    @Test func informationBeforeTheAnswerIsPassedOver() async throws {
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        let answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
        let report = try await Self.report(on: .raw(hints + answer, close: false))
        #expect(report.meaning == .delivered)
        #expect(report.status == 202)
    }

    @Test(
        arguments: [
            ("7", 7_000), ("0", 0), (" 12\t", 12_000), ("86400", 86_400_000), ("86401", 86_400_000),
            ("99999999999999999999999999", 86_400_000), ("Fri, 01 Jan 2200 00:00:00 GMT", 86_400_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("-5", nil), ("1.5", nil), ("soon", nil), ("", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func retryAfterIsObeyedWithinItsBounds(value: String, expected: Int64?) async throws {
        for status in [503, 429] {
            let report = try await Self.report(on: .status(status, headers: [("Retry-After", value)]))
            #expect(report.meaning == .retry(afterMilliseconds: expected))
        }
    }

    @Test func theLongestRetryAfterIsConfigured() async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.retryAfterMillisecondsMax = 1_500
        try await SinkWorld.run(configuration: configuration) { world in
            world.server.script(.status(500, headers: [("retry-after", "60")]))
            #expect(await world.send().meaning == .retry(afterMilliseconds: 1_500))
        }
    }

    @Test func retryAfterOfARejectionChangesNothing() async throws {
        let report = try await Self.report(on: .status(404, headers: [("Retry-After", "7")]))
        #expect(report.meaning == .rejected)
    }

    private static func report(on answer: LoopbackSink.Answer) async throws -> AttemptReport {
        try await SinkWorld.run { world in
            world.server.script(answer)
            return await world.send()
        }
    }
}
