import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import RouterAPI

struct BadInputTests {
    private static let deep =
        String(repeating: "{\"not\":", count: 10_000) + "{}" + String(repeating: "}", count: 10_000)

    static let bodies: [BadInput] = ["/v1/subscriptions", "/v1/replays", "/v1/dead-letters/redrive"].flatMap { uri in
        [
            BadInput("POST", uri, "", 400), BadInput("POST", uri, "{", 400), BadInput("POST", uri, "{\"a\":1,}", 400),
            BadInput("POST", uri, "{\"sink\":\"a\",\"sink\":\"b\"}", 400), BadInput("POST", uri, "{} {}", 400),
            BadInput("POST", uri, "[]", 422, [""]), BadInput("POST", uri, "null", 422, [""]),
            BadInput("POST", uri, "\"text\"", 422, [""]), BadInput("POST", uri, "7", 422, [""]),
            BadInput("POST", uri, Self.deep, 400),
            BadInput("POST", uri, "{}", contentType: "text/plain", 415),
            BadInput("POST", uri, "{}", contentType: "application/x-www-form-urlencoded", 415),
            BadInput("POST", uri, "{}", contentType: "application/json; charset=iso-8859-1", 415),
            BadInput("POST", uri, "{}", contentType: "json", 415),
            BadInput("POST", uri, "{}", headers: ["Content-Encoding": "gzip"], 415),
            BadInput("POST", uri, "{\"x\":\"" + String(repeating: "y", count: 1_048_576) + "\"}", 413),
            BadInput("POST", uri, "{}", tenant: "no tenant!", 400, ["header:x-tenant-id"]),
        ]
    }

    static let queries: [BadInput] =
        ["/v1/subscriptions", "/v1/replays", "/v1/dead-letters", "/v1/events"].flatMap { uri in
            [
                .get("\(uri)?limit=0", ["query:limit"]),
                .get("\(uri)?limit=201", ["query:limit"]),
                .get("\(uri)?limit=-1", ["query:limit"]),
                .get("\(uri)?limit=x", ["query:limit"]),
                .get("\(uri)?limit=", ["query:limit"]),
                .get("\(uri)?limit=1&limit=2", ["query:limit"]),
                .get("\(uri)?cursor=bogus", ["query:cursor"]),
                .get("\(uri)?cursor=" + String(repeating: "c", count: 16_385), ["query:cursor"]),
                .get("\(uri)?limmit=5", ["query:limmit"]),
                .get("\(uri)?cursor=%F", ["query:cursor"]),
            ]
        } + [
            .get("/v1/dead-letters?subscription=", ["query:subscription"]),
            .get("/v1/dead-letters?reason=", ["query:reason"]),
            .get("/v1/events?source=", ["query:source"]),
            .get("/v1/events?source=/a&id=", ["query:id"]),
            .get("/v1/events?type=%FF", ["query:type"]),
            .get("/v1/events?from=yesterday", ["query:from"]),
            .get("/v1/events?to=2026-02-30T00:00:00Z", ["query:to"]),
            .get("/v1/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", ["query:from"]),
            .get("/v1/events?topic=a%20b", ["query:topic"]),
            .get("/v1/events?topic=..", ["query:topic"]),
            .get("/v1/events?correlationID=c", ["query:correlationID"]),
            .get("/v1/events/x/trace?source=", ["query:source"]),
            .get("/v1/events/x/trace?limit=1", ["query:limit"]),
            .get("/v1/events/stream?from=now", ["query:from"]),
            .get("/v1/events/stream?filter=", ["query:filter"]),
            .get("/v1/events/stream?filter=" + String(repeating: "a", count: 8_193), ["query:filter"]),
            .get("/v1/events/stream?Filter=a", ["query:Filter"]),
            .get("/v1/events/stream?filter=)(", ["query:filter"]),
            .get("/v1/events/stream?filter=NO_SUCH(1)", ["query:filter"]),
            .get("/v1/events/stream?lastEventId=x", ["query:lastEventId"]),
            .get("/v1/subscriptions?cursor=replay~after-1", ["query:cursor"]),
            .get("/v1/replays?cursor=after-1", ["query:cursor"]),
        ]

    static let replays: [BadInput] = [
        BadInput("POST", "/v1/replays", "{}", 422, [""]),
        BadInput("POST", "/v1/replays", #"{"dryRun":true}"#, 422, [""]),
        BadInput("POST", "/v1/replays", #"{"sink":"not a url"}"#, 422, ["/sink"]),
        BadInput("POST", "/v1/replays", #"{"sink":"ftp://sink.example"}"#, 422, ["/sink"]),
        BadInput("POST", "/v1/replays", #"{"sink":"/relative"}"#, 422, ["/sink"]),
        BadInput("POST", "/v1/replays", #"{"sink":"https://"}"#, 422, ["/sink"]),
        BadInput("POST", "/v1/replays", #"{"sink":7}"#, 422, ["/sink"]),
        BadInput("POST", "/v1/replays", #"{"subscription":""}"#, 422, ["/subscription"]),
        BadInput("POST", "/v1/replays", #"{"subscription":["orders"]}"#, 422, ["/subscription"]),
        .replay(#""sink":"https://sink.example""#, 422, [""]), .replay(#""dryrun":true"#, 422, ["/dryrun"]),
        .replay(#""dryRun":"yes""#, 422, ["/dryRun"]), .replay(#""dryRun":1"#, 422, ["/dryRun"]),
        .replay(#""topics":"a""#, 422, ["/topics"]), .replay(#""topics":["a",7]"#, 422, ["/topics/1"]),
        .replay(#""topics":["a",""]"#, 422, ["/topics/1"]),
        .replay("\"topics\":[" + (0..<101).map { "\"t\($0)\"" }.joined(separator: ",") + "]", 422, ["/topics"]),
        .replay(#""from":1767225600"#, 422, ["/from"]), .replay(#""from":"2026-01-01""#, 422, ["/from"]),
        .replay(#""to":"2026-13-01T00:00:00Z""#, 422, ["/to"]),
        .replay(#""from":"2026-01-02T00:00:00Z","to":"2026-01-02T00:00:00Z""#, 422, ["/to"]),
        .replay(#""ratePerSecond":0"#, 422, ["/ratePerSecond"]),
        .replay(#""ratePerSecond":1000001"#, 422, ["/ratePerSecond"]),
        .replay(#""ratePerSecond":"fast""#, 422, ["/ratePerSecond"]),
        .replay(#""ratePerSecond":1e999"#, 422, ["/ratePerSecond"]),
        .replay(#""correlationid":"""#, 422, ["/correlationid"]),
        .replay(#""correlationId":"c""#, 422, ["/correlationId"]), .replay(#""a/b~c":1"#, 422, ["/a~1b~0c"]),
        .replay(#""offsets":{}"#, 422, ["/offsets"]),
        .replay(#""offsets":[{"topic":"t","partition":0,"from":0}]"#, 422, ["/offsets/0/to"]),
        .replay(#""offsets":[{"topic":"t","partition":0,"from":0,"to":1,"x":1}]"#, 422, ["/offsets/0/x"]),
        .replay(#""offsets":[{"topic":"t","partition":0,"from":1.5,"to":2}]"#, 422, ["/offsets/0/from"]),
        .replay(#""offsets":[{"topic":"t","partition":2147483648,"from":1,"to":2}]"#, 422, ["/offsets/0/partition"]),
        .replay(#""offsets":[{"topic":"t","partition":0,"from":-1,"to":2}]"#, 422, ["/offsets/0/from"]),
        .replay(#""offsets":[{"topic":"t","partition":0,"from":2,"to":2}]"#, 422, ["/offsets/0/to"]),
        .replay(#""filters":{}"#, 422, ["/filters"]), .replay(#""filters":[7]"#, 422, ["/filters/0"]),
        .replay(#""filters":[{}]"#, 422, ["/filters/0"]),
        .replay(#""filters":[{"like":"x"}]"#, 422, ["/filters/0/like"]),
        .replay(#""filters":[{"sql":"TRUE"},{"all":[{"exact":{"type":7}}]}]"#, 422, ["/filters/1/all/0/exact/type"]),
        .replay(#""filters":[{"sql":"type = "}]"#, 422, ["/filters/0/sql"]),
        .replay(#""filters":[{"sql":"NOFUNCTION()"}]"#, 422, ["/filters"]),
        .replay(
            "\"filters\":[" + Array(repeating: #"{"sql":"TRUE"}"#, count: 101).joined(separator: ",") + "]", 422,
            ["/filters"]),
        .replay(#""filters":[\#(deepish)]"#, 422, ["/filters/0" + String(repeating: "/not", count: 32)]),
    ]

    static let redrives: [BadInput] = [
        .redrive("{}", 422, [""]), .redrive(#"{"ids":["a"],"subscription":"b"}"#, 422, [""]),
        .redrive(#"{"ids":[]}"#, 422, ["/ids"]), .redrive(#"{"ids":["a",""]}"#, 422, ["/ids/1"]),
        .redrive(#"{"ids":"a"}"#, 422, ["/ids"]), .redrive(#"{"ids":["a",7]}"#, 422, ["/ids/1"]),
        .redrive("{\"ids\":[" + (0...1_000).map { "\"i\($0)\"" }.joined(separator: ",") + "]}", 422, ["/ids"]),
        .redrive(#"{"ids":["a"],"filters":[{}]}"#, 422, ["/filters/0"]),
        .redrive(#"{"subscription":"a b"}"#, 422, ["/subscription"]),
        .redrive(#"{"subscription":"a","filter":[]}"#, 422, ["/filter"]),
        .redrive(#"{"subscription":"a","filters":[{"exact":{}}]}"#, 422, ["/filters/0/exact"]),
        .redrive(#"{"subscription":".."}"#, 422, ["/subscription"]),
    ]

    @Test(arguments: subscriptions) func wrongSubscriptionsAreRefusedWithTheirPlace(input: BadInput) async throws {
        try await Self.check(input)
    }

    @Test(arguments: bodies + queries + replays + redrives)
    func wrongRequestsAreRefusedWithTheirPlace(input: BadInput) async throws {
        try await Self.check(input)
    }

    @Test func theTableIsLong() {
        #expect(Self.bodies.count + Self.queries.count + Self.replays.count + Self.redrives.count > 150)
    }

    @Test func aPlaceInMalformedJSONIsSaid() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/v1/replays", body: "{\n  \"subscription\": orders\n}")
        #expect(answer.status == 400)
        #expect(try answer.json()["detail"]?.string == "the body is not JSON at line 2, column 19: expected a value")
        #expect(try answer.json()["byteOffset"]?.int == 20)
    }

    @Test func jsonIsTakenUnderEveryNameItHas() async throws {
        let api = try APIFixture()
        for contentType in [nil, "application/json", "Application/JSON; charset=\"UTF-8\"", "application/vnd.x+json"] {
            let answer = try await api.send(
                .post, "/v1/replays", body: #"{"subscription":"orders"}"#, contentType: contentType)
            #expect(answer.status == 201)
        }
    }

    static func check(_ input: BadInput) async throws {
        let api = try APIFixture()
        var headers = HTTPFields()
        for (name, value) in input.headers { headers[try #require(HTTPField.Name(name))] = value }
        let answer = try await api.send(
            try #require(HTTPRequest.Method(rawValue: input.method)), input.uri, body: input.body,
            contentType: input.contentType, tenant: input.tenant, headers: headers)
        #expect(answer.status == input.status, "\(answer.text)")
        #expect(try answer.pointers() == input.pointers, "\(answer.text)")
        #expect(api.subscriptions.state.withLock { $0.stored.isEmpty })
        #expect(api.replays.state.withLock { $0.order.isEmpty })
        #expect(api.deadLetters.state.withLock { $0.redriven.isEmpty })
    }
}
