import EventDispatch
import HTTPTypes
import NIOCore
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

struct SubscriptionRoutesTests {
    private static let full = """
        {"id":"orders","source":"/shop","types":["order.created","order.paid"],
         "filters":[{"exact":{"subject":"42"}},
                    {"any":[{"prefix":{"type":"order."}},{"not":{"suffix":{"source":"/test"}}}]},
                    {"all":[{"sql":"subject LIKE '4%'"}]}],
         "sink":"https://sink.example:8443/in?x=1","protocol":"HTTP",
         "protocolsettings":{"headers":{"X-Key":"abc"},"method":"PUT"},
         "config":{"ordering":"unordered","concurrency":8,"mode":"batched","batch":{"max":10,"lingerMs":5},
                   "timeoutMs":1000,"retry":{"maxAttempts":3,"minDelayMs":10,"maxDelayMs":100,"maxAgeMs":60000},
                   "deadLetter":false,"start":"earliest","rateLimit":{"perSecond":2.5}}}
        """

    @Test func creatingAnswersWithTheSubscriptionAndItsPlace() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/v1/subscriptions", body: Self.full)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "/v1/subscriptions/orders")
        let json = try answer.json()
        #expect(json["id"]?.string == "orders")
        #expect(json["types"]?.array == [.string("order.created"), .string("order.paid")])
        #expect(json["filters"]?[1]?["any"]?[1]?["not"]?["suffix"]?["source"]?.string == "/test")
        #expect(json["protocol"]?.string == "HTTP")
        #expect(json["protocolsettings"]?["headers"]?["X-Key"]?.string == "abc")
        #expect(json["config"]?["batch"]?["lingerMs"]?.int == 5)
        #expect(json["config"]?["retry"]?["maxAgeMs"]?.int == 60_000)
        #expect(json["config"]?["rateLimit"]?["perSecond"] == .number(2.5))
        #expect(json["config"]?["deadLetter"]?.bool == false)
        #expect(json["status"]?.string == "active")
        #expect(json["lag"]?.int == 0)
        #expect(json["lastError"] == .null)
        #expect(json["lostOffsets"]?.int == 0)
        #expect(json["createdAt"]?.string == "2026-01-01T00:00:00.000Z")
        #expect(json["statusReason"] == nil)

        let again = try await api.send(.get, "/v1/subscriptions/orders")
        #expect(again.status == 200)
        #expect(try again.json() == json)
    }

    @Test func theServiceGetsWhatTheBodySays() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/subscriptions", body: Self.full, tenant: "acme")
        let id = SubscriptionID(tenant: "acme", name: "orders")
        let subscription = try #require(api.subscriptions.state.withLock { $0.stored[id]?.subscription })
        #expect(subscription.source == "/shop")
        #expect(subscription.sink == "https://sink.example:8443/in?x=1")
        #expect(subscription.protocolSettings.method == "PUT")
        #expect(subscription.config.ordering == .unordered)
        #expect(subscription.config.mode == .batched)
        #expect(subscription.config.start == .earliest)
        #expect(subscription.filters.first == .exact(["subject": "42"]))
        #expect(subscription.filters.last == .all([.sql("subject LIKE '4%'")]))
    }

    @Test func anIdIsMintedWhereNoneIsGiven() async throws {
        let api = try APIFixture()
        var ids: Set<String> = []
        for _ in 0..<20 {
            let answer = try await api.send(
                .post, "/v1/subscriptions", body: #"{"sink":"https://sink.example","protocol":"HTTP"}"#)
            #expect(answer.status == 201)
            let id = try #require(try answer.json()["id"]?.string)
            #expect(answer.header("Location") == "/v1/subscriptions/\(id)")
            #expect(try await api.send(.get, "/v1/subscriptions/\(id)").status == 200)
            ids.insert(id)
        }
        #expect(ids.count == 20)
    }

    @Test func anIdThatIsTakenIsAConflict() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        let answer = try await api.send(
            .post, "/v1/subscriptions", body: #"{"id":"orders","sink":"https://sink.example","protocol":"HTTP"}"#)
        #expect(answer.status == 409)
        #expect(try answer.pointers() == ["/id"])
    }

    @Test func puttingReplacesAndKeepsTheId() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        let answer = try await api.send(
            .put, "/v1/subscriptions/orders",
            body: #"{"sink":"http://other.example/","protocol":"HTTP","types":["order.paid"]}"#)
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json["id"]?.string == "orders")
        #expect(json["sink"]?.string == "http://other.example/")
        #expect(json["updatedAt"]?.string == "2026-01-01T00:00:01.000Z")
        let same = try await api.send(
            .put, "/v1/subscriptions/orders",
            body: #"{"id":"orders","sink":"http://third.example/","protocol":"HTTP"}"#)
        #expect(same.status == 200)
        #expect(try same.json()["types"] == nil)
    }

    @Test func theAnswerOfAGetCanBePutBack() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/subscriptions", body: Self.full)
        let before = try await api.send(.get, "/v1/subscriptions/orders")
        let put = try await api.send(.put, "/v1/subscriptions/orders", body: before.text)
        #expect(put.status == 200)
        #expect(try put.json()["config"] == before.json()["config"])
        #expect(try put.json()["filters"] == before.json()["filters"])
    }

    @Test func puttingAnotherIdIsRefused() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        let answer = try await api.send(
            .put, "/v1/subscriptions/orders", body: #"{"id":"other","sink":"https://sink.example","protocol":"HTTP"}"#)
        #expect(answer.status == 422)
        #expect(try answer.pointers() == ["/id"])
    }

    @Test func deletingMakesItUnknown() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        let answer = try await api.send(.delete, "/v1/subscriptions/orders")
        #expect(answer.status == 204)
        #expect(answer.body.readableBytes == 0)
        #expect(try await api.send(.get, "/v1/subscriptions/orders").status == 404)
        #expect(try await api.send(.delete, "/v1/subscriptions/orders").status == 404)
    }

    @Test func pauseAndResumeAnswerWithTheSubscription() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        for _ in 0..<2 {
            let paused = try await api.send(.post, "/v1/subscriptions/orders/pause")
            #expect(paused.status == 200)
            #expect(try paused.json()["status"]?.string == "paused")
            #expect(try paused.json()["lag"]?.int == 7)
        }
        let resumed = try await api.send(.post, "/v1/subscriptions/orders/resume", body: "{}")
        #expect(resumed.status == 200)
        #expect(try resumed.json()["status"]?.string == "active")
    }

    @Test func aSuspendedSubscriptionSaysWhy() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders")
        try api.subscriptions.suspend(SubscriptionID(tenant: "default", name: "orders"), because: "the sink said 410")
        let json = try await api.send(.get, "/v1/subscriptions/orders").json()
        #expect(json["status"]?.string == "suspended")
        #expect(json["statusReason"]?.string == "the sink said 410")
        #expect(json["lastError"]?.string == "410 Gone")
    }

    @Test func optionsSayWhichMethodsThereAre() async throws {
        let api = try APIFixture()
        let many = try await api.send(.options, "/v1/subscriptions")
        #expect(many.status == 200)
        #expect(many.header("Allow") == "GET, HEAD, OPTIONS, POST")
        let one = try await api.send(.options, "/v1/subscriptions/orders")
        #expect(one.status == 200)
        #expect(one.header("Allow") == "DELETE, GET, HEAD, OPTIONS, PUT")
    }

    @Test(arguments: [
        ("GET", "/v1/subscriptions/none"), ("PUT", "/v1/subscriptions/none"), ("DELETE", "/v1/subscriptions/none"),
        ("POST", "/v1/subscriptions/none/pause"), ("POST", "/v1/subscriptions/none/resume"),
        ("GET", "/v1/subscriptions/a%2Fb"), ("GET", "/v1/subscriptions/%FF"), ("GET", "/v1/subscriptions/%zz"),
    ])
    func whatIsNotThereIs404(method: String, path: String) async throws {
        let api = try APIFixture()
        let answer = try await api.send(
            HTTPRequest.Method(rawValue: method) ?? .get, path,
            body: method == "PUT" ? #"{"sink":"https://sink.example","protocol":"HTTP"}"# : nil)
        #expect(answer.status == 404)
    }

    @Test func anotherTenantsSubscriptionIsUnknown() async throws {
        let api = try APIFixture()
        try await api.subscribe("orders", tenant: "acme")
        for (method, path) in [
            ("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"),
        ] {
            let answer = try await api.send(
                HTTPRequest.Method(rawValue: method) ?? .get, "/v1/subscriptions/orders\(path)",
                body: method == "PUT" ? #"{"sink":"https://sink.example","protocol":"HTTP"}"# : nil, tenant: "evil")
            #expect(answer.status == 404)
        }
        #expect(try await api.send(.get, "/v1/subscriptions", tenant: "evil").json()["items"]?.array.isEmpty == true)
        #expect(try await api.send(.get, "/v1/subscriptions/orders", tenant: "acme").status == 200)
        try await api.subscribe("orders", tenant: "evil")
    }

    @Test func aListIsCutIntoPages() async throws {
        let api = try APIFixture()
        for index in 0..<7 { try await api.subscribe("s\(index)") }
        var names: [String] = []
        var cursor: String?
        var pages = 0
        repeat {
            let query = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await api.send(.get, "/v1/subscriptions?limit=3\(query)").json()
            names += page["items"]?.array.compactMap { $0["id"]?.string } ?? []
            cursor = page["nextCursor"]?.string
            pages += 1
        } while cursor != nil && pages < 10
        #expect(names == (0..<7).map { "s\($0)" })
        #expect(pages == 3)
        let all = try await api.send(.get, "/v1/subscriptions").json()
        #expect(all["items"]?.array.count == 7)
        #expect(all["nextCursor"] == nil)
    }

    private static func document(_ id: String, transform: String) -> String {
        #"{"id":"\#(id)","sink":"https://sink.example","protocol":"HTTP","config":{"transform":\#(transform)}}"#
    }

    /// What `portarium transform eval` was tried with is what the subscription does.
    @Test func aTransformStaysAsItWasWritten() async throws {
        let api = try APIFixture()
        let transform = #"[ {"data": {"b": 12345678901234567890, "a": 1.50, "c": "{/x}"}} ]"#
        let made = try await api.send(.post, "/v1/subscriptions", body: Self.document("a", transform: transform))
        #expect(made.status == 201)
        #expect(made.text.contains(#""transform":\#(transform)}"#))
        #expect(try await api.send(.get, "/v1/subscriptions/a").text.contains(#""transform":\#(transform)}"#))
        let again = try await api.send(.put, "/v1/subscriptions/a", body: made.text)
        #expect(again.text.contains(#""transform":\#(transform)}"#))
        let without = try await api.send(.put, "/v1/subscriptions/a", body: Self.document("a", transform: "null"))
        #expect(without.status == 200)
        #expect(!without.text.contains("transform"))
    }

    @Test(arguments: [
        (#""[{\"data\":1}]""#, "/config/transform"), ("5", "/config/transform"),
        (#"[{"data":["{"]}]"#, "/config/transform/0/data/0"),
        (#"[{"data":1}"# + String(repeating: " ", count: 65_536) + "]", "/config/transform"),
        (
            #"[{"data":\#(String(repeating: "[", count: 70))\#(String(repeating: "]", count: 70))}]"#,
            "/config/transform"
        ),
    ])
    func whatIsNoTransformIsRefused(_ transform: String, _ pointer: String) async throws {
        let answer = try await APIFixture()
            .send(.post, "/v1/subscriptions", body: Self.document("a", transform: transform))
        #expect(answer.status == 422)
        #expect(try answer.json()["errors"]?[0]?["pointer"]?.string == pointer)
    }
}
