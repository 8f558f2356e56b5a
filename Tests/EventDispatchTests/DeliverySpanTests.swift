import CloudEvents
import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing
import Traces

@testable import EventDispatch

@Suite struct DeliverySpanTests {
    private static func attempt(
        _ events: [(id: String, trace: String?)], sink: String = "http://x/"
    ) -> DeliveryAttempt {
        DeliveryAttempt(
            id: 1, subscription: SubscriptionID(tenant: "acme", name: "hook"),
            destination: Destination(
                sink: sink, origin: "http://x", mode: events.count > 1 ? .batched : .binary,
                protocolSettings: HTTPProtocolSettings(headers: [:], method: "POST"), timeoutMilliseconds: 1),
            elements: events.map { id, trace in
                var event = CloudEvent(id: id, source: "/s", type: "t")
                event.attributes.append(name: "correlationid", value: id)
                if let trace { event.attributes.append(name: "traceparent", value: trace) }
                return DeliveryAttempt.Element(
                    event: event,
                    position: Position(TopicPartition(Topic("portarium.events"), Partition(3)), Offset(7)))
            }, number: 1)
    }

    private static let own = "00-11111111111111111111111111111111-2222222222222222-01"
    private static let report = AttemptReport(
        meaning: .delivered, status: 204, error: nil, durationMilliseconds: 1)

    @Test func anEventGoesOnWithItsOwnTrace() throws {
        let recorded = RecordedSpans()
        var attempt = Self.attempt([("1", Self.own)])
        let span = try #require(DeliverySpan.begin(&attempt, recorded.tracer(ratio: 0)))
        span.end(Self.report)
        let done = try #require(recorded.all.first)
        #expect(attempt.traceParent == done.context)
        #expect(done.context.traceID == TraceParent(Self.own)?.traceID && done.parentID == 0x2222_2222_2222_2222)
        #expect(done.kind == .consumer && done.name == "process portarium.events" && !done.isFailed)
        #expect(done[.partition] == .text("3") && done[.subscription] == .text("hook"))
        #expect(done[.tenant] == .text("acme") && done[.eventID] == .text("1"))
    }

    @Test func anUnsampledEventStaysSo() {
        let unsampled = String(Self.own.dropLast(2) + "00")
        var attempt = Self.attempt([("1", unsampled)])
        #expect(DeliverySpan.begin(&attempt, RecordedSpans().tracer()) == nil)
        #expect(attempt.traceParent?.text == unsampled)
    }

    @Test func anEventWithoutATraceIsDecidedAboutAsItWasWhereItCameIn() throws {
        for number in 1...200 {
            let tracer = RecordedSpans().tracer(ratio: 0.5)
            var attempt = Self.attempt([("\(number)", nil)])
            let isRecorded = DeliverySpan.begin(&attempt, tracer) != nil
            let parent = try #require(attempt.traceParent)
            #expect(parent.traceID == HopTrace.meantTraceID(of: attempt.elements[0].event))
            #expect(parent.isSampled == isRecorded && isRecorded == tracer.samples(parent.traceID))
        }
    }

    @Test func aBatchHasTheTraceOfItsEventsOrOneOfItsOwnWithLinks() throws {
        let recorded = RecordedSpans()
        var same = Self.attempt([("1", Self.own), ("2", Self.own)])
        try #require(DeliverySpan.begin(&same, recorded.tracer())).end(Self.report)
        #expect(same.traceParent?.traceID == TraceParent(Self.own)?.traceID)
        var mixed = Self.attempt([("1", Self.own), ("2", nil)])
        try #require(DeliverySpan.begin(&mixed, recorded.tracer(ratio: 0))).end(Self.report)
        #expect(mixed.traceParent?.traceID == HopTrace.meantTraceID(ofBatch: mixed.elements.map(\.event)))
        #expect(recorded.all[1].parentID == nil)
        #expect(recorded.all[1].links.map(\.text) == [Self.own])
        #expect(recorded.all[1][.batchCount] == .integer(2))
        var none = Self.attempt([("1", nil), ("2", nil)])
        #expect(DeliverySpan.begin(&none, recorded.tracer(ratio: 0)) == nil)
        #expect(none.traceParent?.isSampled == false)
    }

    @Test func whatIsNotDeliveredIsAFailure() throws {
        let recorded = RecordedSpans()
        var attempt = Self.attempt([("1", Self.own)])
        let report = AttemptReport(
            meaning: .retry(afterMilliseconds: nil), status: nil, error: "timeout", durationMilliseconds: 1)
        try #require(DeliverySpan.begin(&attempt, recorded.tracer())).end(report)
        #expect(recorded.all[0].isFailed && recorded.all[0][.errorType] == .text("timeout"))
    }

    @Test func anAppendToATopicIsASpanOfItsAttempt() async throws {
        let recorded = RecordedSpans()
        let log = InMemoryEventLog()
        try await log.createTopic(TopicSpecification(topic: Topic("portarium.work"), partitions: 1))
        let sink = TopicEventSink(writer: log, topicPrefix: "portarium", tracer: recorded.tracer())
        var attempt = Self.attempt([("1", Self.own)], sink: "kafka:work")
        #expect(await sink.send(attempt).meaning == .delivered)
        #expect(recorded.all.isEmpty)
        attempt.traceParent = TraceParent(traceID: 7, parentID: 8, flags: 1)
        #expect(await sink.send(attempt).meaning == .delivered)
        var lost = Self.attempt([("1", Self.own)], sink: "kafka:nowhere")
        lost.traceParent = attempt.traceParent
        #expect(await sink.send(lost).meaning != .delivered)
        #expect(recorded.all.map(\.name) == ["send portarium.work", "send portarium.nowhere"])
        #expect(recorded.all.allSatisfy { $0.kind == .producer && $0.context.traceID == 7 && $0.parentID == 8 })
        #expect(recorded.all.map(\.isFailed) == [false, true])
    }

    @Test func withoutATracerThereIsNothing() {
        var attempt = Self.attempt([("1", Self.own)])
        #expect(DeliverySpan.begin(&attempt, nil) == nil)
        #expect(attempt.traceParent == nil)
    }
}
