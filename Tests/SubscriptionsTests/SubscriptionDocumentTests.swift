import EventLog
import FoundationEssentials
import Subscriptions
import Testing

@Suite struct SubscriptionDocumentTests {
    private static let full = """
        {"id":"orders-1","source":"/orders","types":["a","b"],
         "filters":[{"exact":{"region":"eu"}},
          {"all":[{"not":{"suffix":{"type":".x"}}},{"any":[{"sql":"EXISTS a"},{"prefix":{"b":"c"}}]}]}],
         "sink":"https://example.com/in?x=1","protocol":"HTTP",
         "protocolsettings":{"headers":{"Authorization":"Bearer t","X-A":""},"method":"PUT"},
         "config":{"ordering":"unordered","concurrency":8,"mode":"batched","batch":{"max":7,"lingerMs":9},
          "timeoutMs":1000,"retry":{"maxAttempts":3,"minDelayMs":10,"maxDelayMs":20,"maxAgeMs":5000},"deadLetter":false,
          "start":{"topic":"portarium.runs","partition":2,"offset":17},"rateLimit":{"perSecond":0.5}}}
        """

    @Test func everyMemberIsRead() throws {
        let subscription = try SubscriptionDocument.subscription(Self.full)
        var config = SubscriptionConfiguration()
        config.ordering = .unordered
        config.concurrency = 8
        config.mode = .batched
        config.batchMax = 7
        config.batchLingerMilliseconds = 9
        config.timeoutMilliseconds = 1_000
        config.retry.attemptsMax = 3
        config.retry.delayMinMilliseconds = 10
        config.retry.delayMaxMilliseconds = 20
        config.retry.ageMaxMilliseconds = 5_000
        config.deadLetter = false
        config.start = .offset(topic: "portarium.runs", partition: 2, offset: 17)
        config.rateLimitPerSecond = 0.5
        #expect(
            subscription
                == Subscription(
                    id: SubscriptionID(tenant: "acme", name: "orders-1"), source: "/orders", types: ["a", "b"],
                    filters: [
                        .exact(["region": "eu"]),
                        .all([.not(.suffix(["type": ".x"])), .any([.sql("EXISTS a"), .prefix(["b": "c"])])]),
                    ],
                    sink: "https://example.com/in?x=1",
                    protocolSettings: HTTPProtocolSettings(
                        headers: ["Authorization": "Bearer t", "X-A": ""], method: "PUT"),
                    config: config))
    }

    @Test func absentMembersAndNullsHaveTheirDefaults() throws {
        let minimal = try SubscriptionDocument.subscription(#"{"sink":"http://localhost:1/","protocol":"HTTP"}"#)
        #expect(
            minimal == Subscription(id: SubscriptionID(tenant: "acme", name: "minted"), sink: "http://localhost:1/"))
        let nulls = try SubscriptionDocument.subscription(
            """
            {"id":null,"source":null,"types":null,"filters":null,"sink":"http://localhost:1/","protocol":"HTTP",
             "protocolsettings":null,
             "config":{"ordering":null,"batch":null,"retry":{"maxAttempts":null},"start":null,"rateLimit":null}}
            """)
        #expect(nulls == minimal)
    }

    @Test(arguments: [
        #""latest""#, #""earliest""#, #""2026-11-23T10:20:30.123Z""#, #""2026-11-23T12:20:30+02:00""#,
        #"{"topic":"t","partition":0,"offset":0}"#,
    ])
    func theStartIsAWordATimeOrAPosition(_ start: String) throws {
        let json = #"{"id":"a","sink":"http://localhost/","protocol":"HTTP","config":{"start":\#(start)}}"#
        let subscription = try SubscriptionDocument.subscription(json)
        let again = try SubscriptionDocument.subscription(try SubscriptionDocument(subscription).json())
        #expect(again == subscription)
        switch subscription.config.start {
        case .time(let milliseconds): #expect(milliseconds / 1_000 == 1_795_429_230)
        case .latest, .earliest, .offset: break
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        for json in [Self.full, #"{"id":"x","sink":"http://localhost/","protocol":"HTTP"}"#] {
            let subscription = try SubscriptionDocument.subscription(json)
            let text = try SubscriptionDocument(subscription).json()
            #expect(try SubscriptionDocument.subscription(text) == subscription)
            #expect(try SubscriptionDocument(try SubscriptionDocument.subscription(text)).json() == text)
        }
    }

    @Test func theWrittenFormIsTheContract() throws {
        let subscription = try SubscriptionDocument.subscription(
            #"{"id":"x","sink":"http://localhost/","protocol":"HTTP"}"#)
        #expect(
            try SubscriptionDocument(subscription).json()
                == #"{"config":{"batch":{"lingerMs":50,"max":100},"concurrency":64,"deadLetter":true,"mode":"binary","#
                + #""ordering":"key","#
                + #""retry":{"maxAgeMs":86400000,"maxAttempts":12,"maxDelayMs":60000,"minDelayMs":200},"#
                + #""start":"latest","timeoutMs":30000},"#
                + #""id":"x","protocol":"HTTP","protocolsettings":{"method":"POST"},"sink":"http://localhost/"}"#)
    }

    @Test func severalFaultsAreSaidAtOnce() throws {
        let json = """
            {"id":"a b","types":["",5],"filters":[{"sql":"("},{"exact":{"A":"x"}},{"regex":{}}],
             "sink":"ftp://x","protocol":"AMQP",
             "config":{"concurrency":0,"timeoutMs":"1s","retry":{"maxAttempts":1001}},"colour":"blue"}
            """
        let error = #expect(throws: SubscriptionValidationError.self) { try SubscriptionDocument.subscription(json) }
        #expect(
            Set(error?.errors.map(\.pointer) ?? []) == [
                "/id", "/types/0", "/types/1", "/filters/0/sql", "/filters/1/exact/A", "/filters/2/regex", "/sink",
                "/protocol",
                "/config/concurrency", "/config/timeoutMs", "/config/retry/maxAttempts", "/colour",
            ])
        #expect(error?.errors.count == 12)
    }

    @Test func aNameIsMintedOnlyWhereItIsNeeded() throws {
        var calls = 0
        func mint() -> String {
            calls += 1
            return "minted"
        }
        _ = try SubscriptionDocument(id: "x", sink: "http://localhost/").subscription(tenant: "t", defaultName: mint)
        #expect(throws: SubscriptionValidationError.self) {
            try SubscriptionDocument(sink: "nowhere").subscription(tenant: "t", defaultName: mint)
        }
        #expect(calls == 0)
        #expect(
            try SubscriptionDocument(sink: "http://localhost/").subscription(tenant: "t", defaultName: mint).id.name
                == "minted")
        #expect(calls == 1)
    }

    @Test func documentsBuiltByHandAreCheckedToo() {
        var config = SubscriptionConfiguration()
        config.rateLimitPerSecond = .nan
        let error = #expect(throws: SubscriptionValidationError.self) {
            try SubscriptionDocument(id: "", sink: "http://localhost/", config: config).subscription(tenant: "t") { "" }
        }
        #expect(error?.errors.map(\.pointer) == ["/id", "/config/rateLimit/perSecond"])
    }

    @Test(arguments: ["[]", "\"x\"", "5", "null"])
    func whatIsNoObjectIsNoDocument(_ json: String) {
        #expect(throws: DecodingError.self) { try SubscriptionDocument.decoded(json) }
    }
}
