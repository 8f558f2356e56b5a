import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions
import Testing
import Transforms

@testable import EventDispatch

/// Events are changed on their way out, and nowhere else.
struct TransformSinkTests {
    private static func attempt(_ transform: String?, _ data: String...) throws -> DeliveryAttempt {
        var subscription = DispatchWorld.subscription()
        subscription.config.transform = transform
        let elements = data.enumerated().map { index, text in
            DeliveryAttempt.Element(
                event: CloudEvent(id: "\(index)", source: "/test", type: "a", data: ByteBuffer(string: text)),
                position: Position(TopicPartition(DispatchWorld.topic, Partition(0)), Offset(Int64(index))))
        }
        return DeliveryAttempt(
            id: 1, subscription: DispatchWorld.id(),
            destination: Destination(subscription, trust: OutboundTrust()), elements: elements, number: 1)
    }

    @Test func whatIsSentIsWhatTheTransformMakes() async throws {
        let sink = RememberingSink()
        let report = await TransformSink(sink, limits: CloudEventLimits()).send(
            try Self.attempt(#"[{"data":{"was":"{/a}"}}]"#, #"{"a":1}"#, #"{"a":[2]}"#))
        #expect(report.meaning == .delivered)
        #expect(sink.data == [#"{"was":1}"#, #"{"was":[2]}"#])
    }

    @Test func withoutATransformEventsGoAsTheyAre() async throws {
        let sink = RememberingSink()
        _ = await TransformSink(sink, limits: CloudEventLimits()).send(try Self.attempt(nil, "not json"))
        #expect(sink.data == ["not json"])
    }

    @Test func anErrorIsARejectionThatNamesTheStepAndReachesNobody() async throws {
        let sink = RememberingSink()
        let report = await TransformSink(sink, limits: CloudEventLimits()).send(
            try Self.attempt(#"[{"pick":["/a"]},{"data":{"was":"{/b}"}}]"#, #"{"a":1,"b":2}"#))
        #expect(report.meaning == .rejected)
        #expect(report.rejectionReason == .transformFailed)
        #expect(report.error == "transform: /1/data/was needs '/b', which the event's data do not have")
        #expect(!report.reachedDestination)
        #expect(sink.data.isEmpty)
    }

    /// Transforms were stored as JSON at first.
    @Test func aTransformIsTakenOutOfItsRecord() throws {
        func record(_ transform: String) -> ByteBuffer {
            ByteBuffer(
                string: #"""
                    {"v":1,"tenant":"acme","status":"active","generation":"g","revision":1,"createdAtMs":10,
                     "updatedAtMs":20,"startOffsets":[],
                     "subscription":{"id":"a","sink":"https://example.com/","protocol":"HTTP",
                      "config":{"transform":\#(transform)}}}
                    """#)
        }
        for json in [#"[{"data":{"a":1}}]"#, #""[{\"data\":{\"a\":1}}]""#] {
            let stored = try StoredSubscription(record: record(json))
            #expect(stored.subscription.config.transform == #"[{"data":{"a":1}}]"#)
        }
        #expect(try StoredSubscription(record: record("null")).subscription.config.transform == nil)
    }

    @Test func aTransformThatCannotBeReadLetsNothingOut() throws {
        let attempt = try Self.attempt(#"[{"drop":["/a"]}]"#, "{}")
        #expect(attempt.destination.transform == nil)
        #expect(attempt.destination.trust.fault == "its transform cannot be used")
    }
}
