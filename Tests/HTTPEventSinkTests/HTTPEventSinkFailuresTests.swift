import Delivery
import HTTPEventSink
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@Suite struct HTTPEventSinkFailuresTests {
    @Test func anEndpointThatNeverAnswersTimesOut() async throws {
        try await SinkWorld.run { world in
            world.server.script(.hang)
            let report = await world.send(timeoutMilliseconds: 150)
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == nil)
            #expect(report.error == "timeout")
            #expect(report.durationMilliseconds >= 149)
        }
    }

    @Test func theTimeoutCoversTheBodyOfTheAnswer() async throws {
        try await SinkWorld.run { world in
            world.server.script(.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", close: false))
            let report = await world.send(timeoutMilliseconds: Self.enoughForAHead)
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == 200)
            #expect(report.error == "timeout in the answer's body")
        }
    }

    @Test func aStatusThatIsNoSuccessCountsThoughItsBodyNeverEnds() async throws {
        try await SinkWorld.run { world in
            world.server.script(.raw("HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nabc", close: false))
            #expect(await world.send(timeoutMilliseconds: Self.enoughForAHead).meaning == .rejected)
        }
    }

    @Test func anAnswerThatBreaksOffIsNoDelivery() async throws {
        try await SinkWorld.run { world in
            world.server.script(.resetMidResponse(200))
            #expect(await world.send().meaning == .retry(afterMilliseconds: nil))
            world.server.script(.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", close: true))
            let report = await world.send()
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == 200)
            world.server.script(.raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\nabc", close: true))
            #expect(await world.send().meaning == .rejected)
        }
    }

    @Test(arguments: ["reset", "close", "malformed", "half a head"])
    func aConnectionThatBreaksIsTriedAgain(how: String) async throws {
        try await SinkWorld.run { world in
            switch how {
            case "reset": world.server.script(.reset)
            case "close": world.server.script(.close)
            case "malformed": world.server.script(.malformed)
            default: world.server.script(.raw("HTTP/1.1 200 O", close: true))
            }
            let report = await world.send()
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == nil)
            #expect(report.error?.isEmpty == false)
            #expect(await world.send().meaning == .delivered)
        }
    }

    @Test func malformedAnswersAreCalledThat() async throws {
        try await SinkWorld.run { world in
            world.server.script(.malformed)
            #expect(await world.send().error == "malformed response")
        }
    }

    @Test func aRefusedConnectionIsToldAtOnceAndWithoutSecrets() async throws {
        try await SinkWorld.run { world in
            let destination = world.destination("/hook?token=s3cret", headers: ["Authorization": "Bearer s3cret"])
            await world.server.stop()
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == nil)
            #expect(report.error == "connection refused")
        }
    }

    @Test func aNameThatDoesNotResolveIsTriedAgain() async throws {
        try await SinkWorld.run { world in
            let destination = Self.destination("http://no-such-host.invalid/hook?token=s3cret")
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.error?.contains("s3cret") == false)
            #expect(report.error?.contains("invalid") == false)
        }
    }

    @Test(
        arguments: [
            "", "/relative", "hook", "ftp://example.com/", "http:///hook", "http://", "http://[]/hook", "http://[::/",
            "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://127.0.0.1:70000000000000000000/",
            "http://example.com:-1/", "http+unix://%2Fvar%2Frun%2Fdocker.sock/hook", "unix:///var/run/docker.sock",
            "https+unix://%2Ftmp%2Fx/", "file:///etc/passwd", "http://exa mple/", "http://%00/", "javascript:alert(1)",
        ])
    func aSinkToWhichNothingCanBeSentIsRejected(url: String) async throws {
        try await SinkWorld.run { world in
            let attempt = SinkWorld.attempt(Self.destination(url, timeoutMilliseconds: 100), [SinkWorld.event()])
            let report = await world.sink.send(attempt)
            #expect(report.meaning == .rejected)
            #expect(report.status == nil)
            #expect(report.error?.isEmpty == false)
        }
    }

    @Test(
        arguments: [
            ["X-Bad": "a\r\nInjected: 1"], ["Bad Name": "x"], ["": "x"], ["X\u{e9}": "x"], ["X-Nul": "a\u{0}b"],
        ])
    func aHeaderThatIsNoneSendsNothing(headers: [String: String]) async throws {
        try await SinkWorld.run { world in
            let report = await world.sink.send(
                SinkWorld.attempt(world.destination(headers: headers), [SinkWorld.event()]))
            #expect(report.meaning == .rejected)
            #expect(report.error == "a header of the subscription is not valid")
            #expect(world.server.requests.isEmpty)
        }
    }

    @Test func methodsOtherThanPostAndPutAndWrongNumbersOfEventsAreRejected() async throws {
        try await SinkWorld.run { world in
            let event = SinkWorld.event()
            let attempts = [
                SinkWorld.attempt(world.destination(method: "DELETE"), [event]),
                SinkWorld.attempt(world.destination(), []),
                SinkWorld.attempt(world.destination(), [event, event]),
                SinkWorld.attempt(world.destination(mode: .batched), []),
            ]
            for attempt in attempts { #expect(await world.sink.send(attempt).meaning == .rejected) }
            #expect(world.server.requests.isEmpty)
        }
    }

    @Test func aCancelledAttemptEndsAndClosesItsConnection() async throws {
        try await SinkWorld.run { world in
            world.server.script(.hang)
            let attempt = SinkWorld.attempt(world.destination(), [SinkWorld.event()])
            let sink = world.sink
            let sending = Task { await sink.send(attempt) }
            _ = try await world.server.next()
            sending.cancel()
            let report = await sending.value
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.error == "cancelled")
            #expect(await world.send().meaning == .delivered)
            #expect(world.server.acceptedConnections == 2)
        }
    }

    @Test func afterAShutdownAttemptsAreRetries() async throws {
        try await SinkWorld.run { world in
            world.server.script(.hang)
            let attempt = SinkWorld.attempt(world.destination(), [SinkWorld.event()])
            let sink = world.sink
            let sending = Task { await sink.send(attempt) }
            _ = try await world.server.next()
            await world.sink.shutdown()
            #expect(await sending.value.meaning == .retry(afterMilliseconds: nil))
            let report = await world.send()
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.error == "the sink is shut down")
            await world.sink.shutdown()
        }
    }

    /// The head of an answer comes within this however busy the machine is; the test waits for all of it.
    private static let enoughForAHead: Int64 = 3_000

    private static func destination(_ url: String, timeoutMilliseconds: Int64 = 60_000) -> Destination {
        Destination(
            sink: url, origin: url, mode: .binary, protocolSettings: HTTPProtocolSettings(),
            timeoutMilliseconds: timeoutMilliseconds)
    }
}
