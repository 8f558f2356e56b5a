import CloudEvents
import EventLog
import EventTypes
import HTTPTypes
import HummingbirdTesting
import Ingress
import JSONSchema
import NIOCore
import Synchronization
import Testing

/// Events whose types have schemas, on both ways in.
@Suite(.timeLimit(.minutes(2))) struct EventSchemaTests {
    private struct Rules: EventTypeSource {
        let types: TenantEventTypes

        func judged(of tenant: String) -> TenantEventTypes? { tenant == "default" ? self.types : nil }
    }

    private final class Ear: EventDataObserver {
        let count = Mutex(0)

        func violated(_ rule: EventTypeRule, _ violation: SchemaViolation) { self.count.withLock { $0 += 1 } }
    }

    private static func check(_ mode: EventTypeMode, ear: Ear = Ear()) throws -> EventDataCheck {
        let schema = #"{"type":"object","properties":{"a":{"properties":{"n":{"type":"integer"}}}},"required":["a"]}"#
        let rule = EventTypeRule(
            tenant: "default", type: "com.example.thing", version: 1, mode: mode,
            schema: try CompiledEventSchema(schema))
        return EventDataCheck(
            source: Rules(types: TenantEventTypes([rule.type: rule])), observer: ear, stepsPerEventMax: 1_000)
    }

    private static let wrong = #","data":{"a":{"n":"x"}}"#
    private static let right = #","data":{"a":{"n":1}}"#

    private static func pointers(_ answer: TestResponse) -> [String] {
        String(buffer: answer.body).matches(of: /"pointer":"([^"]*)"/).map { String($0.1) }
    }

    @Test func enforceRefusesAStructuredEvent() async throws {
        let server = try EventServer(check: Self.check(.enforce))
        let answer = try await server.post(event(more: Self.wrong))
        #expect(answer.status.code == 422)
        #expect(Self.pointers(answer) == ["/data/a/n"])
        #expect(String(buffer: answer.body).contains("urn:portarium:problem:schema-violation"))
        #expect(server.counter.refused.withLock { $0 } == [.schemaViolation])
        #expect(server.writer.records.isEmpty)
        #expect(try await server.post(event(more: Self.right)).status.code == 202)
    }

    @Test func inBinaryModeThePlaceIsInTheBody() async throws {
        let server = try EventServer(check: Self.check(.enforce))
        let headers = [
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "com.example.thing"),
        ]
        let answer = try await server.post(#"{"a":{"n":1.5}}"#, contentType: "application/json", headers: headers)
        #expect(answer.status.code == 422)
        #expect(Self.pointers(answer) == ["/a/n"])
        let text = try await server.post("hello", contentType: "text/plain", headers: headers)
        #expect(text.status.code == 422)
        #expect(String(buffer: text.body).contains("datacontenttype"))
        #expect(server.writer.records.isEmpty)
    }

    @Test func oneWrongEventKeepsTheWholeBatchOut() async throws {
        let server = try EventServer(check: Self.check(.enforce))
        let answer = try await server.postBatch([event(more: Self.right), event(id: "2", more: Self.wrong)])
        #expect(answer.status.code == 422)
        #expect(Self.pointers(answer) == ["/1/data/a/n"])
        #expect(String(buffer: answer.body).contains(#""index":1"#))
        #expect(server.writer.records.isEmpty)
    }

    @Test func warnTakesTheEvent() async throws {
        let ear = Ear()
        let server = try EventServer(check: Self.check(.warn, ear: ear))
        #expect(try await server.post(event(more: Self.wrong)).status.code == 202)
        #expect(ear.count.withLock { $0 } == 1)
        #expect(server.writer.records.count == 1)
    }

    @Test func othersTypesAndTenantsAreNotJudged() async throws {
        let server = try EventServer(check: Self.check(.enforce))
        #expect(try await server.post(event(type: "other", more: Self.wrong)).status.code == 202)
        let foreign = try await server.post(event(more: Self.wrong), headers: [("X-Tenant-Id", "b")])
        #expect(foreign.status.code == 202)
    }

    /// The direct way judges small requests itself and leaves the others to the router; both answer the same.
    @Test(arguments: [0, 100_000]) func theDirectWayAnswersTheSame(padding: Int) async throws {
        let more = #","data":{"a":{"n":"x"},"p":"\#(String(repeating: "x", count: padding))"}"#
        for body in [event(more: more), event(more: Self.right)] {
            var answers: [String] = []
            for isDirect in [false, true] {
                let server = try EventServer(check: Self.check(.enforce))
                let answer = try await server.application(isDirect: isDirect).test(.live) { client in
                    try await client.execute(
                        uri: "/v1/events", method: .post,
                        headers: [.contentType: "application/cloudevents+json"], body: ByteBuffer(string: body)
                    ) { "\($0.status.code) \(String(buffer: $0.body))" }
                }
                answers.append(answer)
                #expect(server.counter.open.withLock { $0 } == 0)
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].hasPrefix(body.contains(#""n":1}"#) ? "202" : "422"))
        }
    }
}
