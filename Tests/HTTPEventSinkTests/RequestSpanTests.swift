import CloudEvents
import Delivery
import HTTPEventSink
import RouterTestKit
import Testing
import Traces

@Suite(.timeLimit(.minutes(2))) struct RequestSpanTests {
    private static let parent = TraceParent(traceID: 0xabc, parentID: 0x12, flags: 1)

    private func send(
        _ parent: TraceParent?, answers: LoopbackSink.Answer = .status(204), number: Int = 1
    ) async throws -> (spans: [Span], sent: String?) {
        let recorded = RecordedSpans()
        return try await SinkWorld.run(tracer: recorded.tracer()) { world in
            world.server.script(answers)
            var attempt = SinkWorld.attempt(
                world.destination("/secret?token=secret", headers: ["Authorization": "Bearer secret"]),
                [SinkWorld.event()])
            attempt.traceParent = parent
            attempt.number = number
            _ = await world.sink.send(attempt)
            return (recorded.all, try await world.server.received(count: 1).first?["traceparent"])
        }
    }

    @Test func aRequestIsASpanOfItsAttemptAndTheParentOfWhatTheSinkDoes() async throws {
        let (spans, sent) = try await self.send(Self.parent, number: 3)
        let span = try #require(spans.first)
        #expect(spans.count == 1)
        #expect(span.kind == .client && span.name == "POST" && !span.isFailed)
        #expect(span.context.traceID == 0xabc && span.parentID == 0x12)
        #expect(sent == span.context.text)
        #expect(span[.responseStatus] == .integer(204))
        #expect(span[.serverAddress] == .text("127.0.0.1"))
        #expect(span[.resendCount] == .integer(2))
    }

    @Test func nothingOfTheURLAndTheHeadersIsInASpan() async throws {
        let (spans, _) = try await self.send(Self.parent, answers: .status(400))
        #expect(spans.count == 1 && !"\(spans)".contains("secret"))
        #expect(spans[0].isFailed && spans[0][.errorType] == .text("400"))
    }

    @Test func aRequestThatIsNotAnsweredIsAFailureWithoutStatus() async throws {
        let (spans, _) = try await self.send(Self.parent, answers: .reset)
        #expect(spans[0].isFailed && spans[0][.responseStatus] == nil)
    }

    @Test func whatIsNotRecordedIsToldSo() async throws {
        let unsampled = TraceParent(traceID: 0xabc, parentID: 0x12, flags: 0)
        let (spans, sent) = try await self.send(unsampled)
        #expect(spans.isEmpty)
        #expect(sent?.hasSuffix("-00") == true && sent?.contains("0abc-") == true)
    }

    @Test func whoRecordsNothingLeavesItToTheSink() async throws {
        let (spans, sent) = try await self.send(nil)
        #expect(spans.isEmpty)
        #expect(sent?.hasSuffix("-01") == true)
    }
}
