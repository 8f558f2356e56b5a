import CloudEvents
import EventLog
import HTTPServing
import HummingbirdTesting
import Ingress
import NIOCore
import RouterTestKit
import TenantLimits
import Testing
import Traces

/// Spans of the event endpoint, the same on both ways.
@Suite(.timeLimit(.minutes(2))) struct IngressSpanTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let traceID: UInt128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c

    /// What is recorded, and what is in the log, when a request was answered.
    private func post(
        _ body: String, headers: [String] = [], isDirect: Bool, ratio: Double = 1, isBatch: Bool = false,
        failing: EventLogError? = nil, meters: TenantMeters? = nil
    ) async throws -> (spans: [Span], records: [ProducerRecord]) {
        let recorded = RecordedSpans()
        let server = try EventServer(tracer: recorded.tracer(ratio: ratio), meters: meters)
        if let failing { server.writer.fail(failing) }
        let type = isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json"
        let lines = (["host: x", "content-type: \(type)", "content-length: \(body.utf8.count)"] + headers)
        let text = "POST /v1/events HTTP/1.1\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
        _ = try await server.application(isDirect: isDirect).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(text)
                try await connection.endInput()
                return await connection.receiveAll()
            }
        }
        return (recorded.all, server.writer.records)
    }

    @Test(arguments: [false, true])
    func aRequestGoesOnWithTheTraceInItsHeader(isDirect: Bool) async throws {
        let (spans, records) = try await self.post(
            event(), headers: ["traceparent: \(Self.trace)", "tracestate: a=1"], isDirect: isDirect)
        #expect(spans.map(\.kind) == [.server, .producer])
        #expect(spans.allSatisfy { $0.context.traceID == Self.traceID })
        #expect(spans[0].parentID == 0xb7ad_6b71_6920_3331 && spans[0].hasRemoteParent)
        #expect(spans[0].traceState == "a=1")
        #expect(spans[1].parentID == spans[0].context.parentID && !spans[1].hasRemoteParent)
        #expect(spans[0][.responseStatus] == .integer(202))
        #expect(spans[1].name == "send portarium.events")
        #expect(spans[1][.eventID] == .text("1"))
        #expect(records[0].headers["ce_traceparent"] == Self.trace)
    }

    @Test(arguments: [false, true])
    func anUnsampledRequestLeavesNothing(isDirect: Bool) async throws {
        let unsampled = Self.trace.dropLast(2) + "00"
        let (spans, records) = try await self.post(
            event(), headers: ["traceparent: \(unsampled)"], isDirect: isDirect)
        #expect(spans.isEmpty)
        #expect(records[0].headers["ce_traceparent"] == String(unsampled))
        let (roots, plain) = try await self.post(event(), isDirect: isDirect, ratio: 0)
        #expect(roots.isEmpty)
        #expect(plain[0].headers["ce_traceparent"] == nil)
    }

    @Test(arguments: [false, true])
    func aTraceThatBeginsHereIsWhatTheCorrelationMeansAndIsToldOn(isDirect: Bool) async throws {
        let id = #","correlationid":"0194a6e0-0000-7000-8000-00000000000f""#
        let (spans, records) = try await self.post(event(more: id), isDirect: isDirect)
        #expect(spans.map(\.parentID) == [nil, spans[0].context.parentID])
        #expect(spans.allSatisfy { $0.context.traceID == 0x0194_a6e0_0000_7000_8000_0000_0000_000f })
        #expect(records[0].headers["ce_traceparent"] == spans[1].context.text)
    }

    @Test(arguments: [false, true])
    func theTraceOfTheEventIsLinkedWhereTheRequestHasAnother(isDirect: Bool) async throws {
        let own = "00-11111111111111111111111111111111-2222222222222222-01"
        let (spans, records) = try await self.post(
            event(more: #","traceparent":"\#(own)""#), headers: ["traceparent: \(Self.trace)"], isDirect: isDirect)
        #expect(spans.allSatisfy { $0.context.traceID == Self.traceID })
        #expect(spans[1].links.map(\.text) == [own])
        #expect(records[0].headers["ce_traceparent"] == own)
        let (alone, _) = try await self.post(event(more: #","traceparent":"\#(own)""#), isDirect: isDirect)
        #expect(alone[0].context.traceID == TraceParent(own)?.traceID)
        #expect(alone[0].parentID == 0x2222_2222_2222_2222 && alone[0].hasRemoteParent)
    }

    @Test(arguments: [false, true])
    func eventsOfABatchBeginTracesOfTheirOwn(isDirect: Bool) async throws {
        let (spans, records) = try await self.post(
            "[\(event(id: "1")),\(event(id: "2"))]", isDirect: isDirect, isBatch: true)
        #expect(
            spans.map(\.name) == [
                "POST /v1/events", "send portarium.events", "create portarium.events", "create portarium.events",
            ])
        #expect(spans[1][.batchCount] == .integer(2))
        let created = spans.suffix(2)
        #expect(records.map { $0.headers["ce_traceparent"] } == created.map(\.context.text))
        #expect(spans[1].links == created.map(\.context))
        #expect(created.allSatisfy { $0.links == [spans[0].context] && $0.parentID == nil })
        let (shared, _) = try await self.post(
            "[\(event(id: "1")),\(event(id: "2"))]", headers: ["traceparent: \(Self.trace)"], isDirect: isDirect,
            isBatch: true)
        #expect(shared.count == 2 && shared[1].links.isEmpty)
    }

    @Test(arguments: [false, true])
    func whatTheLogCannotTakeIsAFailure(isDirect: Bool) async throws {
        let (spans, _) = try await self.post(
            event(), isDirect: isDirect, failing: EventLogError(.unavailable, "the disk is full"))
        #expect(spans.map(\.isFailed) == [true, true])
        #expect(spans[0][.responseStatus] == .integer(503))
        #expect(spans.allSatisfy { $0[.errorType] == .text("503") })
    }

    @Test(arguments: [false, true])
    func whatIsOverTheRateIsARequestAndNoAppend(isDirect: Bool) async throws {
        let limits: [TenantLimit: Int] = [.eventsPerSecond: 2]
        let meters = TenantMeters(limits: FixedLimits(["t": limits, "default": limits])) { 0 }
        let headers = ["traceparent: \(Self.trace)"]
        _ = try await self.post(event(), headers: headers, isDirect: isDirect, meters: meters)
        let (spans, _) = try await self.post(
            "[\(event(id: "1")),\(event(id: "2"))]", headers: headers, isDirect: isDirect, isBatch: true, meters: meters
        )
        #expect(spans.map(\.kind) == [.server])
        #expect(spans.first?[.responseStatus] == .integer(429))
    }

    @Test(arguments: [false, true])
    func whatIsNoEventIsARequestAndNoFailure(isDirect: Bool) async throws {
        let (spans, _) = try await self.post("{", headers: ["traceparent: \(Self.trace)"], isDirect: isDirect)
        #expect(spans.map(\.kind) == [.server])
        #expect(spans[0].context.traceID == Self.traceID && !spans[0].isFailed)
        #expect(spans[0][.responseStatus] == .integer(400))
        let (none, _) = try await self.post("{", isDirect: isDirect, ratio: 0)
        #expect(none.isEmpty)
    }
}
