import EventDispatch
import EventLog
import HTTPTypes
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

struct ReplayRoutesTests {
    private static let full = """
        {"sink":"https://sink.example/replay","topics":["portarium.runs"],"from":"2026-01-01T00:00:00Z",
         "to":"2026-01-02T01:00:00+01:00","offsets":[{"topic":"portarium.runs","partition":3,"from":10,"to":20}],
         "correlationid":"c-1","filters":[{"sql":"type = 'a'"}],"ratePerSecond":12.5,"dryRun":false}
        """

    @Test func creatingStartsAReplay() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/v1/replays", body: Self.full, tenant: "acme")
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "/v1/replays/r1")
        let json = try answer.json()
        #expect(json["id"]?.string == "r1")
        #expect(json["status"]?.string == "running")
        #expect(json["matched"]?.int == 3)
        #expect(json["delivered"]?.int == 0)
        #expect(json["failed"]?.int == 0)
        #expect(json["sink"]?.string == "https://sink.example/replay")
        #expect(json["to"]?.string == "2026-01-02T00:00:00.000Z")
        #expect(json["offsets"]?[0]?["to"]?.int == 20)
        #expect(json["filters"]?[0]?["sql"]?.string == "type = 'a'")
        #expect(json["ratePerSecond"] == .number(12.5))
        #expect(json["dryRun"]?.bool == false)

        let request = try #require(api.replays.state.withLock { $0.views["r1"]?.request })
        #expect(request.tenant == "acme")
        #expect(request.target == .sink("https://sink.example/replay"))
        #expect(request.topics == [Topic("portarium.runs")])
        #expect(request.from == Timestamp(milliseconds: 1_767_225_600_000))
        #expect(request.offsets.first?.topicPartition == TopicPartition(Topic("portarium.runs"), Partition(3)))
        #expect(request.correlationID == "c-1")
        #expect(request.filters == [.sql("type = 'a'")])
    }

    @Test func aDryRunOnlyCounts() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders","dryRun":true}"#)
        #expect(answer.status == 200)
        #expect(answer.header("Location") == nil)
        #expect(try answer.json()["matched"]?.int == 3)
        #expect(try answer.json()["dryRun"]?.bool == true)
        #expect(try answer.json()["id"] == nil)
        #expect(try await api.send(.get, "/v1/replays").json()["items"]?.array.isEmpty == true)
    }

    @Test func pauseResumeAndCancelFollowTheState() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders"}"#)
        for (call, status) in [("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")] {
            let answer = try await api.send(.post, "/v1/replays/r1/\(call)")
            #expect(answer.status == 200)
            #expect(try answer.json()["status"]?.string == status)
            #expect(try await api.send(.get, "/v1/replays/r1").json()["status"]?.string == status)
        }
        for call in ["pause", "resume"] {
            #expect(try await api.send(.post, "/v1/replays/r1/\(call)").status == 409)
        }
    }

    @Test func aFinishedReplaySaysWhenAndWhy() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders"}"#)
        api.replays.finish("r1", delivered: 2, failed: 1)
        let done = try await api.send(.get, "/v1/replays/r1").json()
        #expect(done["status"]?.string == "done")
        #expect(done["delivered"]?.int == 2)
        #expect(done["failed"]?.int == 1)
        #expect(done["finishedAt"]?.string == "2026-01-01T00:01:01.500Z")
        #expect(done["error"] == nil)
        api.replays.finish("r1", delivered: 2, failed: 1, error: "the sink is gone")
        #expect(try await api.send(.get, "/v1/replays/r1").json()["error"]?.string == "the sink is gone")
        #expect(try await api.send(.post, "/v1/replays/r1/cancel").status == 409)
    }

    @Test(arguments: [
        ("GET", "/v1/replays/none"), ("POST", "/v1/replays/none/pause"), ("POST", "/v1/replays/none/resume"),
        ("POST", "/v1/replays/none/cancel"), ("POST", "/v1/replays"),
    ])
    func whatIsNotThereIs404(method: String, path: String) async throws {
        let api = try APIFixture()
        let answer = try await api.send(
            HTTPRequest.Method(rawValue: method) ?? .get, path,
            body: path == "/v1/replays" ? #"{"subscription":"unknown"}"# : nil)
        #expect(answer.status == 404)
    }

    @Test func anUnknownTopicIsNamed() async throws {
        let api = try APIFixture()
        let answer = try await api.send(
            .post, "/v1/replays", body: #"{"subscription":"orders","topics":["portarium.runs","unknown"]}"#)
        #expect(answer.status == 422)
        #expect(try answer.pointers() == ["/topics/1"])
    }

    @Test func everythingThatIsWrongIsNamedAtOnce() async throws {
        let api = try APIFixture()
        let answer = try await api.send(
            .post, "/v1/replays",
            body: """
                {"subscription":"a b","topics":["ok","not ok"],"from":"yesterday","ratePerSecond":0,"correlationid":"",
                 "offsets":[{"topic":"/","partition":-1,"from":5,"to":5}]}
                """)
        #expect(answer.status == 422)
        #expect(
            try answer.pointers() == [
                "/subscription", "/from", "/topics/1", "/offsets/0/topic", "/offsets/0/partition", "/offsets/0/to",
                "/correlationid", "/ratePerSecond",
            ])
    }

    @Test func aTenantSeesItsOwnOnlyNewestFirst() async throws {
        let api = try APIFixture()
        for tenant in ["acme", "acme", "evil", "acme"] {
            _ = try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders"}"#, tenant: tenant)
        }
        let first = try await api.send(.get, "/v1/replays?limit=2", tenant: "acme").json()
        #expect(first["items"]?.array.compactMap { $0["id"]?.string } == ["r4", "r2"])
        let cursor = try #require(first["nextCursor"]?.string)
        let second = try await api.send(.get, "/v1/replays?limit=2&cursor=\(cursor)", tenant: "acme").json()
        #expect(second["items"]?.array.compactMap { $0["id"]?.string } == ["r1"])
        #expect(second["nextCursor"] == nil)
        #expect(try await api.send(.get, "/v1/replays/r1", tenant: "evil").status == 404)
        #expect(try await api.send(.post, "/v1/replays/r1/cancel", tenant: "evil").status == 404)
    }
}
