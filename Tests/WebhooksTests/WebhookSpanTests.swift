import CloudEvents
import Ingress
import RouterTestKit
import Testing
import Traces
import WebhookTestKit
import Webhooks

@Suite struct WebhookSpanTests {
    private static let body = #"{"a":1}"#
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private static func signed(_ secret: String, _ body: String = Self.body) -> [(String, String)] {
        WebhookSigner.github(body, event: "ping", delivery: "1", secret: secret)
    }

    @Test func aWebhookIsARequestAndAnAppendOfItsEndpointsTenant() async throws {
        let recorded = RecordedSpans()
        try await WebhookWorld.with(tracer: recorded.tracer()) { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            let headers = Self.signed("s") + [("traceparent", Self.trace)]
            #expect(try await world.post(id, Self.body, headers, query: "?token=secret").status == 202)
            let spans = recorded.all
            #expect(spans.map(\.name) == ["POST /v1/webhooks/{endpointId}", "send portarium.webhooks"])
            #expect(spans.allSatisfy { $0.context.traceID == TraceParent(Self.trace)?.traceID })
            #expect(spans.allSatisfy { $0[.tenant] == .text("t") })
            #expect(spans[1].parentID == spans[0].context.parentID)
            #expect(spans[1][.eventID] == .text("1"))
            #expect(!"\(spans)".contains("secret"))
            // The same delivery again is no append.
            #expect(try await world.post(id, Self.body, headers).status == 202)
            #expect(recorded.all.count == 2)
        }
    }

    @Test func aGenuineWebhookThatIsRefusedIsARequest() async throws {
        let recorded = RecordedSpans()
        try await WebhookWorld.with(tracer: recorded.tracer()) { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            let body = "no JSON"
            let headers = Self.signed("s", body) + [("traceparent", Self.trace)]
            #expect(try await world.post(id, body, headers).status == 400)
            let spans = recorded.all
            #expect(spans.map(\.name) == ["POST /v1/webhooks/{endpointId}"])
            #expect(spans.first?[.responseStatus] == .integer(400))
            #expect(spans.first?.context.traceID == TraceParent(Self.trace)?.traceID)
        }
    }

    @Test func whoIsNotBelievedLeavesNoSpanAndALineThatSaysWhoseItWas() async throws {
        let recorded = RecordedSpans()
        try await WebhookWorld.with(tracer: recorded.tracer()) { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            let headers = Self.signed("other") + [("traceparent", Self.trace)]
            #expect(try await world.post(id, Self.body, headers).status == 401)
            #expect(recorded.all.isEmpty)
            let line = try #require(world.lines.whole.first { $0.contains("a webhook is not believed") })
            #expect(line.contains(#""tenant": t"#) && line.contains("0af7651916cd43dd8448eb211c80319c"))
        }
    }
}
