import EventDispatch
import HTTPTypes
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

struct DeadLetterRoutesTests {
    private static func fixture() throws -> APIFixture {
        let api = try APIFixture()
        api.deadLetters.state.withLock { state in
            state.letters = [
                APIFixture.deadLetter("d1"), APIFixture.deadLetter("d2", reason: "attempts-exhausted", status: nil),
                APIFixture.deadLetter("d3", subscription: "audit"), APIFixture.deadLetter("d4", tenant: "acme"),
            ]
        }
        return api
    }

    @Test func anItemHasTheEventAndWhyItFailed() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/dead-letters/d1")
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json["subscription"]?.string == "orders")
        #expect(json["reason"]?.string == "rejected")
        #expect(json["status"]?.int == 400)
        #expect(json["attempts"]?.int == 3)
        #expect(json["at"]?.string == "2026-01-01T00:00:00.000Z")
        #expect(json["position"]?["topic"]?.string == "portarium.events")
        #expect(json["position"]?["partition"]?.int == 2)
        #expect(json["position"]?["offset"]?.int == 17)
        #expect(json["event"]?["id"]?.string == "event-of-d1")
        #expect(json["event"]?["specversion"]?.string == "1.0")
    }

    @Test func theDataOfAnEventStaysAsItCameIn() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.get, "/v1/dead-letters/d1").text.contains(#""data":{ "amount" : 12.50 }"#))
    }

    @Test func withoutAnAnswerTheStatusIsNull() async throws {
        let api = try Self.fixture()
        let json = try await api.send(.get, "/v1/dead-letters/d2").json()
        #expect(json["status"] == .null)
        #expect(json["error"]?.string == "timeout")
    }

    @Test(arguments: [
        ("", ["d3", "d2", "d1"]), ("?subscription=orders", ["d2", "d1"]), ("?reason=rejected", ["d3", "d1"]),
        ("?subscription=orders&reason=rejected", ["d1"]), ("?subscription=none", []), ("?limit=1", ["d3"]),
        ("?limit=1&cursor=after-1", ["d2"]),
    ])
    func aListIsNarrowedNewestFirst(query: String, expected: [String]) async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.get, "/v1/dead-letters\(query)")
        #expect(answer.status == 200)
        #expect(try answer.json()["items"]?.array.compactMap { $0["id"]?.string } == expected)
    }

    @Test func redrivingByIdSendsThem() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(.post, "/v1/dead-letters/redrive", body: #"{"ids":["d1","d3"]}"#)
        #expect(answer.status == 202)
        #expect(answer.text == #"{"redriven":2}"#)
        #expect(api.deadLetters.state.withLock { $0.redriven } == [.ids(["d1", "d3"])])
        #expect(try await api.send(.get, "/v1/dead-letters/d1").status == 404)
    }

    @Test func redrivingASubscriptionPassesItsFilters() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(
            .post, "/v1/dead-letters/redrive",
            body: #"{"subscription":"orders","filters":[{"exact":{"type":"a"}},{"sql":"TRUE"}]}"#)
        #expect(answer.status == 202)
        #expect(answer.text == #"{"redriven":2}"#)
        #expect(
            api.deadLetters.state.withLock { $0.redriven } == [
                .subscription("orders", filters: [.exact(["type": "a"]), .sql("TRUE")])
            ])
    }

    @Test func redrivingByIdPassesTheFilters() async throws {
        let api = try Self.fixture()
        let answer = try await api.send(
            .post, "/v1/dead-letters/redrive", body: #"{"ids":["d1"],"filters":[{"exact":{"type":"a"}}]}"#)
        #expect(answer.status == 202)
        #expect(
            api.deadLetters.state.withLock { $0.redriven } == [.ids(["d1"], filters: [.exact(["type": "a"])])])
    }

    @Test func aReplaysLetterNamesTheReplay() async throws {
        let api = try Self.fixture()
        api.deadLetters.state.withLock { $0.letters[0].replayID = "r1" }
        #expect(try await api.send(.get, "/v1/dead-letters/d1").json()["replayid"]?.string == "r1")
        #expect(try await api.send(.get, "/v1/dead-letters/d2").json()["replayid"] == nil)
    }

    @Test func anUnknownIdRefusesTheWholeRedrive() async throws {
        let api = try Self.fixture()
        #expect(
            try await api.send(.post, "/v1/dead-letters/redrive", body: #"{"ids":["d1","none"]}"#).status == 404)
        #expect(try await api.send(.get, "/v1/dead-letters/d1").status == 200)
    }

    @Test func discardingThrowsItAway() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.delete, "/v1/dead-letters/d1").status == 204)
        #expect(try await api.send(.get, "/v1/dead-letters/d1").status == 404)
        #expect(try await api.send(.delete, "/v1/dead-letters/d1").status == 404)
    }

    @Test func anotherTenantsDeadLettersAreUnknown() async throws {
        let api = try Self.fixture()
        #expect(try await api.send(.get, "/v1/dead-letters/d4").status == 404)
        #expect(try await api.send(.delete, "/v1/dead-letters/d4").status == 404)
        #expect(try await api.send(.post, "/v1/dead-letters/redrive", body: #"{"ids":["d4"]}"#).status == 404)
        let own = try await api.send(.get, "/v1/dead-letters", tenant: "acme").json()
        #expect(own["items"]?.array.compactMap { $0["id"]?.string } == ["d4"])
    }
}
