import EventDispatch
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import RouterAPI

struct ServiceErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var code: ServiceError.Code
        var status: Int
        var type: String
        var testDescription: String { self.code.rawValue }
    }

    static let refusals = [
        Refusal(code: .invalid, status: 400, type: "invalid-request"),
        Refusal(code: .notFound, status: 404, type: "not-found"),
        Refusal(code: .conflict, status: 409, type: "conflict"),
        Refusal(code: .unprocessable, status: 422, type: "unprocessable"),
        Refusal(code: .limitExceeded, status: 429, type: "limit-exceeded"),
        Refusal(code: .unavailable, status: 503, type: "unavailable"),
    ]

    @Test(arguments: refusals) func theServiceDecidesTheStatus(refusal: Refusal) async throws {
        let api = try APIFixture()
        let error = ServiceError(
            refusal.code, "say \"why\"",
            errors: [.init(pointer: "/sink", detail: "one"), .init(pointer: "cursor", detail: "two")])
        api.subscriptions.state.withLock { $0.failure = error }
        api.replays.state.withLock { $0.failure = error }
        let answer =
            refusal.code == .conflict
            ? try await api.send(
                .post, "/v1/subscriptions", body: #"{"sink":"https://sink.example","protocol":"HTTP"}"#)
            : try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders"}"#)
        #expect(answer.status == refusal.status)
        let json = try answer.json()
        #expect(json["type"]?.string == "urn:portarium:problem:\(refusal.type)")
        #expect(json["detail"]?.string == "say \"why\"")
        #expect(json["errors"]?[0]?["detail"]?.string == "one")
        #expect(try answer.pointers() == ["/sink", "query:cursor"])
        #expect(answer.header("Retry-After") == (refusal.status == 429 || refusal.status == 503 ? "1" : nil))
    }

    @Test(arguments: [
        ("GET", "/v1/subscriptions"), ("GET", "/v1/subscriptions/x"), ("PUT", "/v1/subscriptions/x"),
        ("DELETE", "/v1/subscriptions/x"), ("POST", "/v1/subscriptions/x/pause"),
        ("POST", "/v1/subscriptions/x/resume"),
        ("POST", "/v1/subscriptions"), ("POST", "/v1/replays"), ("GET", "/v1/replays"), ("GET", "/v1/replays/x"),
        ("POST", "/v1/replays/x/pause"), ("POST", "/v1/replays/x/resume"), ("POST", "/v1/replays/x/cancel"),
        ("GET", "/v1/dead-letters"), ("GET", "/v1/dead-letters/x"), ("DELETE", "/v1/dead-letters/x"),
        ("POST", "/v1/dead-letters/redrive"), ("GET", "/v1/events"), ("GET", "/v1/events?source=a&id=b"),
        ("GET", "/v1/events/x/trace"), ("GET", "/v1/events/stream"),
    ])
    func everyCallSaysThatItCannotBeDoneNow(method: String, uri: String) async throws {
        var configuration = RouterAPIConfiguration()
        configuration.retryAfterSeconds = 7
        let api = try APIFixture(configuration: configuration)
        let error = ServiceError(.unavailable, "the log is away")
        api.subscriptions.state.withLock { $0.failure = error }
        api.replays.state.withLock { $0.failure = error }
        api.deadLetters.state.withLock { $0.failure = error }
        api.events.state.withLock { $0.failure = error }
        let bodies = [
            "PUT /v1/subscriptions/x": #"{"sink":"https://sink.example","protocol":"HTTP"}"#,
            "POST /v1/subscriptions": #"{"sink":"https://sink.example","protocol":"HTTP"}"#,
            "POST /v1/replays": #"{"subscription":"orders"}"#, "POST /v1/dead-letters/redrive": #"{"ids":["a"]}"#,
        ]
        let answer = try await api.send(
            try #require(HTTPRequest.Method(rawValue: method)), uri, body: bodies["\(method) \(uri)"])
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "7")
        #expect(try answer.json()["detail"]?.string == "the log is away")
    }
}
