import EventLog
import Subscriptions
import Testing

@Suite struct TopicSinkTests {
    @Test func aTopicIsNamedWithOrWithoutThePrefix() throws {
        #expect(try TopicSink(validating: "kafka:work").topic(prefix: "p") == Topic("p.work"))
        #expect(try TopicSink(validating: "kafka:p.work").topic(prefix: "p") == Topic("p.work"))
        #expect(try TopicSink(validating: "KAFKA:pwork").topic(prefix: "p") == Topic("p.pwork"))
    }

    @Test(arguments: ["kafka:", "kafka://broker/work", "kafka:a b", "kafka:.", "kafka:a/b"])
    func whatNamesNoTopicIsRefused(_ sink: String) {
        #expect(TopicSink(sink) == nil)
        let json = #"{"id":"a","sink":"\#(sink)"}"#
        let error = #expect(throws: SubscriptionValidationError.self) { try SubscriptionDocument.subscription(json) }
        #expect(error?.errors.map(\.pointer) == ["/sink"])
    }

    @Test(arguments: ["", #","protocol":"KAFKA""#])
    func theProtocolMayBeLeftOut(_ members: String) throws {
        let subscription = try SubscriptionDocument.subscription(#"{"id":"a","sink":"kafka:work"\#(members)}"#)
        #expect(subscription.sink == "kafka:work")
        let text = try SubscriptionDocument(subscription).json()
        #expect(text.contains(#""protocol":"KAFKA""#))
        #expect(!text.contains("protocolsettings"))
        #expect(try SubscriptionDocument.subscription(text) == subscription)
    }

    @Test(arguments: [
        (#""protocol":"HTTP""#, "/protocol"), (#""protocolsettings":{"method":"PUT"}"#, "/protocolsettings"),
        (#""config":{"mode":"structured"}"#, "/config/mode"),
        (#""config":{"rateLimit":{"perSecond":1}}"#, "/config/rateLimit"),
    ])
    func whatIsAboutRequestsIsRefused(_ member: String, _ pointer: String) {
        let error = #expect(throws: SubscriptionValidationError.self) {
            try SubscriptionDocument.subscription(#"{"id":"a","sink":"kafka:work",\#(member)}"#)
        }
        #expect(error?.errors.map(\.pointer) == [pointer])
    }

    @Test func aURLDoesNotSpeakToTopics() {
        let error = #expect(throws: SubscriptionValidationError.self) {
            try SubscriptionDocument.subscription(#"{"id":"a","sink":"http://a.test/","protocol":"KAFKA"}"#)
        }
        #expect(error?.errors.map(\.pointer) == ["/protocol"])
    }
}
