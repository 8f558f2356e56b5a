import CloudEvents
import EventDispatch
import EventLog
import HTTPTypes
import Synchronization
import Testing

@testable import RouterAPI

struct EventRoutesTests {
    private static func fixture() throws -> APIFixture {
        let api = try APIFixture()
        api.events.append(APIFixture.event("e1", subject: "42", correlationID: "c1"))
        api.events.append(APIFixture.event("e2", type: "order.paid", correlationID: "c1", data: "{\"a\":\n 1.0}"))
        api.events.append(APIFixture.event("e1", source: "/other shop?x=1&y"))
        api.events.append(APIFixture.event("e3"), tenant: "acme")
        return api
    }

    private static func ids(_ answer: Answer) throws -> [String] {
        try answer.json()["items"]?.array.compactMap { $0["event"]?["id"]?.string } ?? []
    }

    @Test func sourceAndIdGiveTheEventItself() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events?source=/shop&id=e2")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/cloudevents+json")
        #expect(answer.text.contains("\"data\":{\"a\":\n 1.0}"))
        let json = try answer.json()
        #expect(json["id"]?.string == "e2")
        #expect(json["type"]?.string == "order.paid")
        #expect(json["tenantid"]?.string == "default")
    }

    @Test(arguments: ["%2Fother%20shop%3Fx%3D1%26y", "/other+shop?x=1%26y"])
    func aSourceIsDecodedAsUrlsAndFormsAre(source: String) async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events?id=e1&source=\(source)")
        #expect(answer.status == 200)
        #expect(try answer.json()["source"]?.string == "/other shop?x=1&y")
    }

    @Test func anIdentityThatIsNotThereIs404() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.get, "/v1/events?source=/shop&id=none").status == 404)
        #expect(try await api.send(.get, "/v1/events?source=/shop&id=e3").status == 404)
        #expect(try await api.send(.get, "/v1/events?source=/shop&id=e3", tenant: "acme").status == 200)
    }

    @Test(arguments: [
        ("", ["e1", "e2", "e1"]), ("?id=e1", ["e1", "e1"]), ("?source=/shop", ["e2", "e1"]),
        ("?type=order.paid", ["e2"]), ("?subject=42", ["e1"]), ("?correlationid=c1", ["e2", "e1"]),
        ("?source=/shop&id=e1&type=order.created", ["e1"]), ("?source=/shop&id=e1&limit=5", ["e1"]),
        ("?topic=portarium.events&limit=2", ["e1", "e2"]), ("?topic=portarium.runs", []),
        ("?from=2026-01-01T00:00:01Z", ["e1", "e2"]), ("?to=2026-01-01T00:00:01Z", ["e1"]),
        ("?from=2026-01-01T01:00:01%2B01:00&to=2026-01-01T01:00:02+01:00", ["e2"]),
    ])
    func aSearchIsNarrowedNewestFirst(query: String, expected: [String]) async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events\(query)")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(try Self.ids(answer) == expected)
    }

    @Test func anItemHasEventPositionAndTime() async throws {
        let api = try Self.fixture()
        let item = try await api.send(.get, "/v1/events?id=e2").json()["items"]?[0]
        #expect(item?["position"]?["topic"]?.string == "portarium.events")
        #expect(item?["position"]?["partition"]?.int == 0)
        #expect(item?["position"]?["offset"]?.int == 1)
        #expect(item?["timestamp"]?.string == "2026-01-01T00:00:01.000Z")
        #expect(item?.names == ["event", "position", "timestamp"])
    }

    @Test func aSearchIsCutIntoPages() async throws {
        let api = try Self.fixture()
        let first = try await api.send(.get, "/v1/events?limit=2")
        #expect(try Self.ids(first) == ["e1", "e2"])
        let cursor = try #require(try first.json()["nextCursor"]?.string)
        let second = try await api.send(.get, "/v1/events?limit=2&cursor=\(cursor)")
        #expect(try Self.ids(second) == ["e1"])
        #expect(try second.json()["nextCursor"] == nil)
    }

    @Test func theTenantIsPassedToTheSearch() async throws {
        let api = try Self.fixture()
        #expect(try Self.ids(await api.send(.get, "/v1/events", tenant: "acme")) == ["e3"])
        #expect(api.events.state.withLock { $0.queries.map(\.tenant) } == ["acme"])
    }

    @Test func aTraceTellsTheWholeStory() async throws {
        let api = try Self.fixture()
        let attempt = EventTrace.Attempt(
            atMilliseconds: 1_767_225_600_500, status: 503, error: "503 Service Unavailable", durationMilliseconds: 12)
        let timeout = EventTrace.Attempt(
            atMilliseconds: 1_767_225_601_500, status: nil, error: "timeout", durationMilliseconds: 30_000)
        let delivered = EventTrace.Attempt(
            atMilliseconds: 1_767_225_602_500, status: 204, error: nil, durationMilliseconds: 3)
        api.events.state.withLock { state in
            state.fates["e2"] = [
                .init(
                    subscription: "orders", matched: true, reason: "all filters hold", state: .delivered,
                    attempts: [attempt, timeout, delivered]),
                .init(
                    subscription: "audit", matched: false, reason: "filter 1: type is 'order.paid'", state: .filtered,
                    attempts: []),
                .init(subscription: "dead", matched: true, reason: "", state: .deadLettered, attempts: [attempt]),
            ]
        }
        let answer = try await api.send(.get, "/v1/events/e2/trace")
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json["event"]?["id"]?.string == "e2")
        #expect(json["position"]?["offset"]?.int == 1)
        let fates = try #require(json["subscriptions"])
        #expect(fates.array.compactMap { $0["state"]?.string } == ["delivered", "filtered", "dead-lettered"])
        #expect(fates[0]?["id"]?.string == "orders")
        #expect(fates[1]?["matched"]?.bool == false)
        #expect(fates[1]?["reason"]?.string == "filter 1: type is 'order.paid'")
        #expect(fates[0]?["attempts"]?[0]?["at"]?.string == "2026-01-01T00:00:00.500Z")
        #expect(fates[0]?["attempts"]?[0]?["durationMs"]?.int == 12)
        #expect(fates[0]?["attempts"]?[1]?["status"] == .null)
        #expect(fates[0]?["attempts"]?[2]?["error"] == .null)
    }

    @Test func aTraceOfAnIdOfSeveralSourcesNeedsTheSource() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/events/e1/trace")
        #expect(answer.status == 409)
        #expect(try answer.pointers() == ["query:source"])
        let named = try await api.send(.get, "/v1/events/e1/trace?source=/shop")
        #expect(named.status == 200)
        #expect(try named.json()["event"]?["source"]?.string == "/shop")
    }

    @Test(arguments: ["a/b", "stream", "ü 1", "redrive?"])
    func anIdInThePathIsDecoded(id: String) async throws {
        let api = try Self.fixture()
        api.events.append(APIFixture.event(id))
        let encoded = id.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
        let answer = try await api.send(.get, "/v1/events/\(encoded)/trace")
        #expect(answer.status == 200)
        #expect(try answer.json()["event"]?["id"]?.string == id)
    }

    @Test func anEventCalledStreamCanBeTraced() async throws {
        let api = try Self.fixture()
        api.events.append(APIFixture.event("stream"))
        #expect(try await api.send(.get, "/v1/events/stream/trace").status == 200)
    }

    @Test func anotherTenantsEventHasNoTrace() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.get, "/v1/events/e3/trace").status == 404)
        #expect(try await api.send(.get, "/v1/events/e3/trace", tenant: "acme").status == 200)
        #expect(try await api.send(.get, "/v1/events/%FF/trace").status == 404)
    }
}
