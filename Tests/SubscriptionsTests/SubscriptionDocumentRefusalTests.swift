import FoundationEssentials
import Subscriptions
import Testing

/// Documents with one fault each: where it is, and a word of what is said about it.
@Suite struct SubscriptionDocumentRefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var json: String
        var pointer: String
        var word: String

        /// - Parameter members: Put after a good sink and protocol.
        init(_ members: String, _ pointer: String, _ word: String) {
            self.init(whole: #"{"sink":"https://example.com/in","protocol":"HTTP",\#(members)}"#, pointer, word)
        }

        init(whole json: String, _ pointer: String, _ word: String) {
            self.json = json
            self.pointer = pointer
            self.word = word
        }

        var testDescription: String { "\(self.pointer): \(self.json.prefix(120))" }
    }

    private static let long = String(repeating: "x", count: 2_049)
    private static func many(_ count: Int, _ element: String) -> String {
        Array(repeating: element, count: count).joined(separator: ",")
    }
    private static func nested(_ depth: Int) -> String {
        String(repeating: #"{"not":"#, count: depth - 1) + #"{"exact":{"type":"x"}}"#
            + String(repeating: "}", count: depth - 1)
    }

    static let members: [Refusal] = [
        .init(whole: #"{"protocol":"HTTP"}"#, "/sink", "required"),
        .init(whole: #"{"sink":"https://a.example/"}"#, "/protocol", "required"),
        .init(whole: #"{"sink":null,"protocol":"HTTP"}"#, "/sink", "required"),
        .init(whole: #"{"sink":5,"protocol":"HTTP"}"#, "/sink", "a string"),
        .init(whole: #"{"sink":"/in","protocol":"HTTP"}"#, "/sink", "absolute"),
        .init(whole: #"{"sink":"","protocol":"HTTP"}"#, "/sink", "empty"),
        .init(whole: #"{"sink":"https://u:p@a.example/","protocol":"HTTP"}"#, "/sink", "Authorization"),
        .init(whole: #"{"sink":"https://a.example/#f","protocol":"HTTP"}"#, "/sink", "fragment"),
        .init(whole: #"{"sink":"https://a.example/","protocol":"KAFKA"}"#, "/protocol", "'KAFKA'"),
        .init(whole: #"{"sink":"https://a.example/","protocol":"http"}"#, "/protocol", "'http'"),
        .init(whole: #"{"sink":"https://a.example/","protocol":true}"#, "/protocol", "a string"),
        .init(#""id":"a b""#, "/id", "A-Z"), .init(#""id":"""#, "/id", "1 to 128"), .init(#""id":"..""#, "/id", "'..'"),
        .init(#""id":7"#, "/id", "a string"),
        .init(#""id":"ä""#, "/id", "A-Z"), .init(#""id":"a/b""#, "/id", "A-Z"),
        .init(#""id":"\#(String(repeating: "x", count: 129))""#, "/id", "128"),
        .init(#""source":"""#, "/source", "empty"), .init(#""source":["a"]"#, "/source", "a string"),
        .init(#""source":"a b""#, "/source", "%20"), .init(#""source":"\u00d7""#, "/source", "RFC 3986"),
        .init(#""source":"a\u0000""#, "/source", "control"), .init(#""source":"\#(long)""#, "/source", "2048"),
        .init(#""types":"a""#, "/types", "array"), .init(#""types":{"a":1}"#, "/types", "array"),
        .init(#""types":["a",""]"#, "/types/1", "empty"),
        .init(#""types":["a",null]"#, "/types/1", "a string"), .init(#""types":[["a"]]"#, "/types/0", "a string"),
        .init(#""types":["\#(long)"]"#, "/types/0", "2048"),
        .init(#""types":[\#(many(101, "\"a\""))]"#, "/types", "100"),
        .init(#""sinkcredential":{}"#, "/sinkcredential", "not known"), .init(#""Sink":"x""#, "/Sink", "not known"),
        .init(#""a/b":1"#, "/a~1b", "not known"),
        .init(#""protocolsettings":[]"#, "/protocolsettings", "an object"),
        .init(#""protocolsettings":{"qos":1}"#, "/protocolsettings/qos", "headers, method"),
        .init(#""protocolsettings":{"method":"GET"}"#, "/protocolsettings/method", "'GET'"),
        .init(#""protocolsettings":{"method":1}"#, "/protocolsettings/method", "a string"),
        .init(#""protocolsettings":{"headers":["a"]}"#, "/protocolsettings/headers", "an object"),
    ]

    static let headers: [Refusal] =
        [
            ("ce-id", "x", "reserved"), ("CE-Anything", "x", "reserved"), ("Content-Type", "x", "reserved"),
            ("content-length", "1", "reserved"), ("Host", "x", "reserved"),
            ("Connection", "close", "reserved"), ("Transfer-Encoding", "chunked", "reserved"),
            ("Idempotency-Key", "x", "reserved"), ("tenantId", "x", "reserved"),
            ("traceparent", "x", "reserved"), ("User-Agent", "x", "reserved"), ("via", "x", "reserved"),
            ("", "x", "no name"), ("a b", "x", "no name"), ("a:b", "x", "no name"),
            ("ü", "x", "no name"), ("X-A", "a\\r\\nb", "line breaks"),
            ("X-A", "ä", "ASCII"), ("X-A", " a", "white space"), ("X-A", "a\\t", "white space"),
            ("X-A", "\\u0000", "ASCII"), (String(repeating: "x", count: 129), "x", "128"),
            ("X-A", String(repeating: "x", count: 4_097), "4096"),
        ].map { name, value, word in
            Refusal(
                #""protocolsettings":{"headers":{"\#(name)":"\#(value)"}}"#,
                "/protocolsettings/headers" + (word == "no name" ? "" : "/\(name)"), word)
        }
        + [
            .init(#""protocolsettings":{"headers":{"X-A":1}}"#, "/protocolsettings/headers/X-A", "a string"),
            .init(#""protocolsettings":{"headers":{"X-A":null}}"#, "/protocolsettings/headers/X-A", "a string"),
            .init(#""protocolsettings":{"headers":{"X-A":"1","x-a":"2"}}"#, "/protocolsettings/headers/x-a", "twice"),
            .init(
                #""protocolsettings":{"headers":{\#((0..<33).map { "\"X-\($0)\":\"\"" }.joined(separator: ","))}}"#,
                "/protocolsettings/headers", "32"),
        ]

    static let filters: [Refusal] = [
        .init(#""filters":{"exact":{"a":"b"}}"#, "/filters", "array"),
        .init(#""filters":["type = 'x'"]"#, "/filters/0", "an object"),
        .init(#""filters":[{}]"#, "/filters/0", "exactly one"),
        .init(#""filters":[{"exact":{"a":"b"},"sql":"TRUE"}]"#, "/filters/0", "'exact', 'sql'"),
        .init(#""filters":[{"regex":{"a":"b"}}]"#, "/filters/0/regex", "unsupported dialect"),
        .init(#""filters":[{"Exact":{"a":"b"}}]"#, "/filters/0/Exact", "unsupported dialect"),
        .init(#""filters":[{"exact":{}}]"#, "/filters/0/exact", "at least one"),
        .init(#""filters":[{"exact":{"a":5}}]"#, "/filters/0/exact/a", "a string"),
        .init(#""filters":[{"exact":{"a":null}}]"#, "/filters/0/exact/a", "a string"),
        .init(#""filters":[{"exact":"a"}]"#, "/filters/0/exact", "an object"),
        .init(#""filters":[{"exact":null}]"#, "/filters/0/exact", "null"),
        .init(#""filters":[{"exact":{"A":"b"}}]"#, "/filters/0/exact/A", "lower-case"),
        .init(#""filters":[{"prefix":{"a":""}}]"#, "/filters/0/prefix/a", "EXISTS a"),
        .init(#""filters":[{"suffix":["a"]}]"#, "/filters/0/suffix", "an object"),
        .init(#""filters":[{"all":{}}]"#, "/filters/0/all", "array"),
        .init(#""filters":[{"all":[]}]"#, "/filters/0/all", "at least one"),
        .init(#""filters":[{"all":[{"exact":{"a":"b"}},5]}]"#, "/filters/0/all/1", "an object"),
        .init(#""filters":[{"any":null}]"#, "/filters/0/any", "null"),
        .init(#""filters":[{"any":[{"sql":"a ="}]}]"#, "/filters/0/any/0/sql", "at character 3"),
        .init(#""filters":[{"not":[]}]"#, "/filters/0/not", "an object"),
        .init(#""filters":[{"not":{"not":{}}}]"#, "/filters/0/not/not", "exactly one"),
        .init(#""filters":[{"not":null}]"#, "/filters/0/not", "null"),
        .init(#""filters":[{"sql":5}]"#, "/filters/0/sql", "a string"),
        .init(#""filters":[{"sql":""}]"#, "/filters/0/sql", "too soon"),
        .init(#""filters":[{"exact":{"a":"b"}},{"sql":"FOO(a) = 1"}]"#, "/filters/1", "FOO/1"),
        .init(#""filters":[{"not":{"sql":"LEFT(a)"}}]"#, "/filters/0", "2 arguments"),
        .init(
            #""filters":[{"sql":"\#(String(repeating: "(", count: 10_000))"}]"#, "/filters/0/sql",
            "nests deeper than 128"),
        .init(#""filters":[\#(many(101, #"{"sql":"TRUE"}"#))]"#, "/filters", "100"),
        .init(#""filters":[{"all":[\#(many(501, #"{"exact":{"a":"b"}}"#))]}]"#, "/filters/0", "1000"),
        .init(#""filters":[\#(nested(33))]"#, "/filters/0" + String(repeating: "/not", count: 32), "deeper than 32"),
        .init(#""filters":[\#(nested(400))]"#, "/filters/0" + String(repeating: "/not", count: 32), "deeper than 32"),
    ]

    static let configuration: [Refusal] = [
        ("5", "", "an object"), (#"{"retries":1}"#, "/retries", "not known"),
        (#"{"ordering":"fifo"}"#, "/ordering", "'key', 'unordered'"), (#"{"ordering":1}"#, "/ordering", "a string"),
        (#"{"concurrency":0}"#, "/concurrency", "1 to 1024"), (#"{"concurrency":1025}"#, "/concurrency", "1 to 1024"),
        (#"{"concurrency":1.5}"#, "/concurrency", "whole number"),
        (#"{"concurrency":"8"}"#, "/concurrency", "whole number"),
        (#"{"concurrency":true}"#, "/concurrency", "whole number"),
        (#"{"concurrency":9223372036854775807}"#, "/concurrency", "1 to 1024"),
        (#"{"concurrency":1e30}"#, "/concurrency", "whole number"), (#"{"mode":"xml"}"#, "/mode", "'structured'"),
        (#"{"batch":7}"#, "/batch", "an object"), (#"{"batch":{"max":0}}"#, "/batch/max", "1 to 1000"),
        (#"{"batch":{"max":1001}}"#, "/batch/max", "1 to 1000"),
        (#"{"batch":{"lingerMs":-1}}"#, "/batch/lingerMs", "0 to 60000"),
        (#"{"batch":{"lingerMs":60001}}"#, "/batch/lingerMs", "60000"),
        (#"{"batch":{"size":1}}"#, "/batch/size", "max, lingerMs"),
        (#"{"timeoutMs":99}"#, "/timeoutMs", "100 to 600000"),
        (#"{"timeoutMs":600001}"#, "/timeoutMs", "100 to 600000"),
        (#"{"retry":[]}"#, "/retry", "an object"), (#"{"retry":{"maxAttempts":0}}"#, "/retry/maxAttempts", "1 to 1000"),
        (#"{"retry":{"minDelayMs":0}}"#, "/retry/minDelayMs", "1 to 3600000"),
        (#"{"retry":{"maxDelayMs":86400001}}"#, "/retry/maxDelayMs", "86400000"),
        (#"{"retry":{"minDelayMs":50,"maxDelayMs":49}}"#, "/retry/maxDelayMs", "minDelayMs"),
        (#"{"retry":{"maxAgeMs":999}}"#, "/retry/maxAgeMs", "1000"),
        (#"{"retry":{"maxAgeMs":2592000001}}"#, "/retry/maxAgeMs", "2592000000"),
        (#"{"retry":{"backoff":"x"}}"#, "/retry/backoff", "not known"),
        (#"{"deadLetter":"yes"}"#, "/deadLetter", "true or false"),
        (#"{"deadLetter":1}"#, "/deadLetter", "true or false"), (#"{"start":"now"}"#, "/start", "RFC 3339"),
        (#"{"start":"2026-02-30T00:00:00Z"}"#, "/start", "RFC 3339"),
        (#"{"start":5}"#, "/start", "latest"), (#"{"start":[]}"#, "/start", "latest"),
        (#"{"start":{"topic":"t","partition":0}}"#, "/start/offset", "required"),
        (#"{"start":{"topic":"t","partition":-1,"offset":0}}"#, "/start/partition", "0 to"),
        (#"{"start":{"topic":"t","partition":0,"offset":-1}}"#, "/start/offset", "0 to"),
        (#"{"start":{"topic":"a b","partition":0,"offset":0}}"#, "/start/topic", "249"),
        (#"{"start":{"topic":"t","partition":0,"offset":0,"x":1}}"#, "/start/x", "not known"),
        (#"{"start":{"topic":"t","partition":"0","offset":0}}"#, "/start/partition", "whole number"),
        (#"{"rateLimit":10}"#, "/rateLimit", "an object"), (#"{"rateLimit":{}}"#, "/rateLimit/perSecond", "required"),
        (#"{"rateLimit":{"perSecond":0}}"#, "/rateLimit/perSecond", "0.001"),
        (#"{"rateLimit":{"perSecond":1000001}}"#, "/rateLimit/perSecond", "1000000"),
        (#"{"rateLimit":{"perSecond":"1"}}"#, "/rateLimit/perSecond", "a number"),
        (#"{"rateLimit":{"perMinute":1,"perSecond":1}}"#, "/rateLimit/perMinute", "not known"),
    ].map { json, pointer, word in Refusal(#""config":\#(json)"#, "/config\(pointer)", word) }

    @Test(arguments: members + headers + filters + configuration)
    func aFaultIsNamedByItsPointerWithItsMend(_ refusal: Refusal) throws {
        let error = #expect(throws: SubscriptionValidationError.self) {
            try SubscriptionDocument.subscription(refusal.json)
        }
        #expect(error?.errors.map(\.pointer) == [refusal.pointer], "\(String(describing: error))")
        #expect(error?.errors.first?.detail.contains(refusal.word) == true, "\(String(describing: error))")
    }

    @Test func nestingBeyondWhatTheDecoderTakesIsAnErrorToo() {
        let json = #"{"sink":"https://a.example/","protocol":"HTTP","filters":[\#(Self.nested(10_000))]}"#
        #expect(throws: DecodingError.self) { try SubscriptionDocument.subscription(json) }
    }

    @Test func atTheBoundsEverythingIsAccepted() throws {
        for config in [
            #"{"concurrency":1,"batch":{"max":1,"lingerMs":0},"timeoutMs":100,"#
                + #""retry":{"maxAttempts":1,"minDelayMs":1,"maxDelayMs":1,"maxAgeMs":1000},"#
                + #""rateLimit":{"perSecond":0.001}}"#,
            #"{"concurrency":1024,"batch":{"max":1000,"lingerMs":60000},"timeoutMs":600000,"#
                + #""retry":{"maxAttempts":1000,"minDelayMs":3600000,"maxDelayMs":86400000,"maxAgeMs":2592000000},"#
                + #""rateLimit":{"perSecond":1000000}}"#,
        ] {
            let json =
                #"{"sink":"https://a.example/","protocol":"HTTP","filters":[\#(Self.nested(32))],"config":\#(config)}"#
            _ = try SubscriptionDocument.subscription(json)
        }
    }
}
