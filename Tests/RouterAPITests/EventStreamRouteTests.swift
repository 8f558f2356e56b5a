import CloudEvents
import EventDispatch
import EventLog
import HTTPTypes
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

/// Streams that end by themselves, because the source is closed.
struct EventStreamRouteTests {
    private static func fixture(_ configuration: RouterAPIConfiguration = RouterAPIConfiguration()) throws -> APIFixture
    {
        let api = try APIFixture(configuration: configuration)
        api.events.append(APIFixture.event("e1", data: "{\"a\":\n\t1,\r\n\"b\":\"x\\ny\"}"))
        api.events.append(APIFixture.event("e2", type: "order.paid"))
        api.events.append(APIFixture.event("other"), tenant: "acme")
        api.events.append(APIFixture.event("e3"))
        api.events.close()
        return api
    }

    @Test func everyEventIsAFrame() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events/stream?from=earliest")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "text/event-stream")
        #expect(answer.header("Cache-Control") == "no-store")
        let frames = try Frame.parse(answer.text)
        #expect(answer.text.hasPrefix("retry: 2000\n\n"))
        #expect(frames.map(\.id) == ["c1", "c2", "c4"])
        #expect(frames.map(\.event) == ["order.created", "order.paid", "order.created"])
        #expect(try frames.map { try $0.json()["id"]?.string } == ["e1", "e2", "e3"])
        #expect(try frames[0].json()["data"]?["b"]?.string == "x\ny")
        #expect(frames[0].data.contains(#"{"a": "#))
    }

    @Test func theFilterGoesToTheService() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events/stream?from=earliest&filter=type+%3D+%27order.paid%27")
        #expect(try Frame.parse(answer.text).map(\.id) == ["c2"])
        let wrong = try await api.send(.get, "/v1/events/stream?filter=%29%28")
        #expect(wrong.status == 400)
        #expect(try wrong.pointers() == ["query:filter"])
    }

    @Test(arguments: [
        ("", SubscriptionConfiguration.Start.latest, []), ("?from=latest", .latest, []),
        ("?from=earliest", .earliest, ["c1", "c2", "c4"]),
        ("?from=2026-01-01T00:00:03Z", .time(milliseconds: 1_767_225_603_000), ["c4"]),
        ("?from=2026-01-01T01:00:01+01:00", .time(milliseconds: 1_767_225_601_000), ["c2", "c4"]),
    ])
    func fromSaysWhereToBegin(query: String, start: SubscriptionConfiguration.Start, expected: [String]) async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events/stream\(query)")
        #expect(try Frame.parse(answer.text).map(\.id) == expected)
        #expect(api.events.state.withLock { $0.starts } == [start])
    }

    @Test func aStreamResumesWithoutLossFromEveryCursor() async throws {
        let api = try Self.fixture()
        let all = try Frame.parse(await api.send(.get, "/v1/events/stream?from=earliest").text)
        for (index, frame) in all.enumerated() {
            let resumed = try await api.send(
                .get, "/v1/events/stream?from=earliest",
                headers: [try #require(HTTPField.Name("Last-Event-ID")): frame.id])
            #expect(try Frame.parse(resumed.text) == Array(all[(index + 1)...]))
            let byQuery = try await api.send(.get, "/v1/events/stream?lastEventId=\(frame.id)")
            #expect(try Frame.parse(byQuery.text) == Array(all[(index + 1)...]))
        }
    }

    @Test func theHeaderWinsOverTheQuery() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(
            .get, "/v1/events/stream?lastEventId=c1", headers: [try #require(HTTPField.Name("Last-Event-ID")): "c2"])
        #expect(try Frame.parse(answer.text).map(\.id) == ["c4"])
        #expect(api.events.state.withLock { $0.resumes } == ["c2"])
    }

    @Test func aCursorThatCannotBeReadIsRefused() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.get, "/v1/events/stream?lastEventId=x").status == 400)
        let header = try #require(HTTPField.Name("Last-Event-ID"))
        let bad = try await api.send(.get, "/v1/events/stream", headers: [header: "x"])
        #expect(bad.status == 400)
        #expect(try bad.pointers() == ["header:last-event-id"])
        let long = String(repeating: "c", count: 16_385)
        let byQuery = try await api.send(.get, "/v1/events/stream?lastEventId=\(long)")
        #expect(try byQuery.pointers() == ["query:lastEventId"])
        let byHeader = try await api.send(
            .get, "/v1/events/stream", headers: [try #require(HTTPField.Name("Last-Event-ID")): long])
        #expect(byHeader.status == 400)
        #expect(try byHeader.pointers() == ["header:last-event-id"])
    }

    @Test func aTenantGetsItsOwnEvents() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events/stream?from=earliest", tenant: "acme")
        #expect(try Frame.parse(answer.text).map(\.id) == ["c3"])
    }

    @Test func aSourceThatFailsEndsTheStreamAndSaysWhy() async throws {
        let api = try Self.fixture()
        api.events.state.withLock { $0.streamFailure = ServiceError(.unavailable, "the log\nis away") }
        let answer = try await api.send(.get, "/v1/events/stream?from=earliest")
        #expect(answer.status == 200)
        #expect(answer.text == "retry: 2000\n\n: the log is away\n\n")
    }

    @Test func streamsThatEndedGiveTheirPlaceBack() async throws {
        var configuration = RouterAPIConfiguration()
        configuration.streamsMax = 1
        configuration.streamRetryMilliseconds = 5
        let api = try Self.fixture(configuration)
        for _ in 0..<3 {
            let answer = try await api.send(.get, "/v1/events/stream?from=earliest")
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("retry: 5\n\n"))
        }
        #expect(try await api.send(.get, "/v1/events/stream?lastEventId=x").status == 400)
        #expect(try await api.send(.get, "/v1/events/stream").status == 200)
        #expect(try await api.send(.head, "/v1/events/stream").status == 200)
        #expect(try await api.send(.get, "/v1/events/stream").status == 200)
    }
}
