import Testing

/// Requests that a router has to refuse.
struct BadInput: Sendable, CustomTestStringConvertible {
    var name: String
    var path: String
    var headers: [String: String]
    var body: [UInt8]

    var testDescription: String { self.name }

    private init(_ name: String, _ path: String, _ headers: [String: String], _ body: [UInt8]) {
        self.name = name
        self.path = path
        self.headers = headers
        self.body = body
    }

    private static func structured(_ name: String, _ body: String) -> BadInput {
        BadInput(name, "/v1/events", ["content-type": "application/cloudevents+json"], Array(body.utf8))
    }

    private static func batch(_ name: String, _ body: String) -> BadInput {
        BadInput(name, "/v1/events", ["content-type": "application/cloudevents-batch+json"], Array(body.utf8))
    }

    private static func subscription(_ name: String, _ body: String) -> BadInput {
        BadInput(name, "/v1/subscriptions", ["content-type": "application/json"], Array(body.utf8))
    }

    private static let whole = #""specversion":"1.0","id":"bad","source":"/bad","type":"com.portarium.test.Bad.v1""#
    private static let sink = #""sink":"http://127.0.0.1:9/""#

    static let all: [BadInput] = Self.structuredEvents + Self.binaryEvents + Self.batches + Self.subscriptions

    private static let structuredEvents: [BadInput] = [
        .structured("no body", ""),
        .structured("half an object", #"{"specversion":"1.0","#),
        .structured("a list where one event is due", "[]"),
        .structured("text behind the event", "{\(Self.whole)} {}"),
        .structured("no type", #"{"specversion":"1.0","id":"bad","source":"/bad"}"#),
        .structured("an empty id", #"{"specversion":"1.0","id":"","source":"/bad","type":"a"}"#),
        .structured("a number as id", #"{"specversion":"1.0","id":7,"source":"/bad","type":"a"}"#),
        .structured("another specversion", #"{"specversion":"0.2","id":"bad","source":"/bad","type":"a"}"#),
        .structured("a time that is none", "{\(Self.whole),\"time\":\"yesterday\"}"),
        .structured("an object as attribute", "{\(Self.whole),\"extra\":{\"a\":1}}"),
        .structured("a fraction as attribute", "{\(Self.whole),\"extra\":1.5}"),
        .structured("an upper-case attribute name", "{\(Self.whole),\"Extra\":\"a\"}"),
        .structured("a hyphen in an attribute name", "{\(Self.whole),\"ex-tra\":\"a\"}"),
        .structured("one attribute twice", "{\(Self.whole),\"id\":\"again\"}"),
        .structured("data twice", "{\(Self.whole),\"data\":1,\"data_base64\":\"AA==\"}"),
        .structured("base64 that is none", "{\(Self.whole),\"data_base64\":\"&&\"}"),
        .structured("a NUL in an attribute", "{\(Self.whole),\"extra\":\"a\\u0000b\"}"),
        .structured("half a surrogate pair", "{\(Self.whole),\"extra\":\"\\ud800\"}"),
        .structured(
            "10,000 attributes", "{\(Self.whole),\((0..<10_000).map { "\"a\($0)\":1" }.joined(separator: ","))}"),
        .structured(
            "data nested 100,000 deep",
            "{\(Self.whole),\"data\":\(String(repeating: "[", count: 100_000))"),
        BadInput(
            "bytes that are no UTF-8", "/v1/events", ["content-type": "application/cloudevents+json"],
            Array("{\(Self.whole),\"extra\":\"".utf8) + [0xC3, 0x28, 0xFF] + Array("\"}".utf8)),
    ]

    private static let binaryEvents: [BadInput] = [
        BadInput("no attributes at all", "/v1/events", ["content-type": "application/json"], Array("{}".utf8)),
        BadInput(
            "no id", "/v1/events", ["ce-specversion": "1.0", "ce-source": "/bad", "ce-type": "a"], Array("{}".utf8)),
        BadInput(
            "an illegal name in a header", "/v1/events",
            ["ce-specversion": "1.0", "ce-id": "bad", "ce-source": "/bad", "ce-type": "a", "ce-ex_tra": "a"], []),
        BadInput(
            "a control character, percent-encoded", "/v1/events",
            ["ce-specversion": "1.0", "ce-id": "bad", "ce-source": "/bad", "ce-type": "a", "ce-extra": "a%00b"], []),
    ]

    private static let batches: [BadInput] = [
        .batch("an object where a batch is due", "{\(Self.whole)}"),
        .batch("one bad event among good ones", "[{\(Self.whole)},{\"specversion\":\"1.0\"},{\(Self.whole)}]"),
        .batch("a batch that breaks off", "[{\(Self.whole)},"),
    ]

    private static let subscriptions: [BadInput] = [
        .subscription("no sink", "{}"),
        .subscription("JSON that breaks off", "{\(Self.sink)"),
        .subscription("a sink that is no URL", #"{"sink":"not a url"}"#),
        .subscription("a topic of event types", #"{"sink":"kafka:event-types"}"#),
        .subscription("a topic of webhook endpoints", #"{"sink":"kafka:portarium.webhook-endpoints"}"#),
        .subscription("a topic of webhook deliveries", #"{"sink":"kafka:webhook-deliveries"}"#),
        .subscription("a topic of keys", #"{"sink":"kafka:keys"}"#),
        .subscription("a sink of another scheme", #"{"sink":"file:///etc/passwd"}"#),
        .subscription("a sink that is a number", #"{"sink":7}"#),
        .subscription("another protocol", "{\(Self.sink),\"protocol\":\"AMQP\"}"),
        .subscription("an id with a slash", "{\(Self.sink),\"id\":\"a/b\"}"),
        .subscription("CESQL that does not parse", "{\(Self.sink),\"filters\":[{\"sql\":\"type = = 'a'\"}]}"),
        .subscription("an unknown dialect", "{\(Self.sink),\"filters\":[{\"regex\":\"a\"}]}"),
        .subscription("an empty filter", "{\(Self.sink),\"filters\":[{\"exact\":{}}]}"),
        .subscription("a filter with two dialects", "{\(Self.sink),\"filters\":[{\"sql\":\"TRUE\",\"not\":{}}]}"),
        .subscription("a concurrency out of bounds", "{\(Self.sink),\"config\":{\"concurrency\":0}}"),
        .subscription("an unknown ordering", "{\(Self.sink),\"config\":{\"ordering\":\"sometimes\"}}"),
        .subscription(
            "filters nested 10,000 deep",
            "{\(Self.sink),\"filters\":[\(String(repeating: "{\"not\":", count: 10_000))"
                + "{\"sql\":\"TRUE\"}\(String(repeating: "}", count: 10_000))]}"),
        .subscription(
            "CESQL nested 10,000 deep",
            "{\(Self.sink),\"filters\":[{\"sql\":\"\(String(repeating: "(", count: 10_000))TRUE"
                + "\(String(repeating: ")", count: 10_000))\"}]}"),
    ]
}
