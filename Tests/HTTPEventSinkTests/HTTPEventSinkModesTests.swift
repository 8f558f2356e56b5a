import CloudEvents
import Delivery
import HTTPEventSink
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@Suite struct HTTPEventSinkModesTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    private static let order = SinkWorld.event(
        id: "A 1", source: "https://example.com/shop#x", type: "com.example.order.Placed.v1",
        [
            "datacontenttype": "application/json", "subject": "Zoë \"Q\" 100%", "tenantid": "acme",
            "correlationid": "c-1", "runid": "r-1", "traceparent": "00-\(trace)-\(parent)-01",
            "tracestate": "vendor=a, other=b", "custom": "x",
        ], data: #"{"total":  1.50}"#)

    @Test func binaryModePutsEveryAttributeIntoAHeaderAndTheDataAsItIsIntoTheBody() async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.version = "1.2.3"
        try await SinkWorld.run(configuration: configuration) { world in
            let report = await world.sink.send(
                SinkWorld.attempt(world.destination("/hook/a%20b?x=1&y=%2F"), [Self.order]))
            #expect(report.meaning == .delivered)
            #expect(report.status == 204)
            #expect(report.error == nil)

            let request = try await world.server.next()
            #expect(request.method == "POST")
            #expect(request.uri == "/hook/a%20b?x=1&y=%2F")
            #expect(request.text == #"{"total":  1.50}"#)
            var headers = request.headers.map { "\($0.name.lowercased()): \($0.value)" }
            let traceparent = try #require(request["traceparent"])
            headers.removeAll { $0 == "traceparent: \(traceparent)" }
            #expect(
                headers.sorted() == [
                    "ce-correlationid: c-1",
                    "ce-custom: x",
                    "ce-id: A%201",
                    "ce-runid: r-1",
                    "ce-source: https://example.com/shop#x",
                    "ce-specversion: 1.0",
                    "ce-subject: Zo%C3%AB%20%22Q%22%20100%25",
                    "ce-tenantid: acme",
                    "ce-traceparent: 00-\(Self.trace)-\(Self.parent)-01",
                    "ce-tracestate: vendor=a,%20other=b",
                    "ce-type: com.example.order.Placed.v1",
                    "content-length: 16",
                    "content-type: application/json",
                    "correlationid: c-1",
                    "host: 127.0.0.1:\(world.server.port)",
                    "idempotency-key: https://example.com/shop%23x#A%201",
                    "runid: r-1",
                    "tenantid: acme",
                    "tracestate: vendor=a, other=b",
                    "user-agent: portarium/1.2.3",
                ])
        }
    }

    @Test func everyRequestIsASpanOfItsOwnInTheEventsTrace() async throws {
        try await SinkWorld.run { world in
            let destination = world.destination()
            for _ in 0..<2 { _ = await world.sink.send(SinkWorld.attempt(destination, [Self.order])) }
            let parents = try await world.server.received(count: 2).compactMap { $0["traceparent"] }
            #expect(parents.count == 2)
            for parent in parents {
                #expect(parent.hasPrefix("00-\(Self.trace)-"))
                #expect(parent.hasSuffix("-01"))
                #expect(!parent.contains(Self.parent))
            }
            #expect(Set(parents).count == 2)
        }
    }

    @Test func anEventWithoutATraceOrWithAMalformedOneBeginsTheTraceOfItsCorrelation() async throws {
        try await SinkWorld.run { world in
            let flow = "0192AB00-1234-7abc-8def-0123456789ab"
            let malformed = SinkWorld.event(["correlationid": flow, "traceparent": "00-xyz", "tracestate": "a=b"])
            for event in [SinkWorld.event(["correlationid": flow]), malformed] {
                _ = await world.sink.send(SinkWorld.attempt(world.destination(), [event]))
                let request = try await world.server.next()
                let parent = try #require(request["traceparent"].flatMap { TraceParent($0) })
                #expect(parent.traceID == 0x0192_ab00_1234_7abc_8def_0123_4567_89ab)
                #expect(parent.flags == 1)
                #expect(request["tracestate"] == nil)
            }
        }
    }

    @Test func aCorrelationThatIsNoUUIDAndAnEventWithoutOneMeanOneTraceEach() async throws {
        try await SinkWorld.run { world in
            var traces: [[UInt128]] = []
            for event in [SinkWorld.event(["correlationid": "flow-7"]), SinkWorld.event()] {
                var ids: [UInt128] = []
                for _ in 0..<2 {
                    _ = await world.sink.send(SinkWorld.attempt(world.destination(), [event]))
                    let request = try await world.server.next()
                    ids.append(try #require(request["traceparent"].flatMap { TraceParent($0) }).traceID)
                }
                traces.append(ids)
            }
            #expect(traces[0][0] == traces[0][1])
            #expect(traces[1][0] == traces[1][1])
            #expect(traces[0][0] != traces[1][0])
        }
    }

    @Test func aBatchGoesOnWithTheTraceThatAllOfItSharesAndElseBeginsOne() async throws {
        try await SinkWorld.run { world in
            let destination = world.destination(mode: .batched)
            var other = Self.order
            other.attributes.set("id", to: "A 2")
            let stranger = SinkWorld.event(["correlationid": "flow-7"])
            for events in [[Self.order, other], [Self.order, stranger], [Self.order, stranger]] {
                _ = await world.sink.send(SinkWorld.attempt(destination, events))
            }
            let requests = try await world.server.received(count: 3)
            let parents = requests.compactMap { $0["traceparent"].flatMap { TraceParent($0) } }
            #expect(parents.count == 3)
            #expect(parents.first?.text.hasPrefix("00-\(Self.trace)-") == true)
            #expect(requests[0]["tracestate"] == "vendor=a, other=b")
            #expect(requests[1]["tracestate"] == nil)
            #expect(parents[1].traceID == parents[2].traceID)
            #expect(parents[1].traceID != parents[0].traceID)
            #expect(Set(parents.map(\.parentID)).count == 3)
        }
    }

    @Test func anEventWithoutDataHasAnEmptyBodyAndNoContentType() async throws {
        try await SinkWorld.run { world in
            #expect(await world.send().meaning == .delivered)
            let request = try await world.server.next()
            #expect(request.body.readableBytes == 0)
            #expect(request["content-length"] == "0")
            #expect(request["content-type"] == nil)
            #expect(request["tenantId"] == nil)
            #expect(request["runId"] == nil)
        }
    }

    @Test func structuredModePutsTheEventIntoTheBodyAndItsIdentityIntoHeaders() async throws {
        try await SinkWorld.run { world in
            let report = await world.sink.send(
                SinkWorld.attempt(world.destination(mode: .structured), [Self.order], replayID: "rp-1"))
            #expect(report.meaning == .delivered)
            let request = try await world.server.next()
            #expect(request["content-type"] == "application/cloudevents+json")
            var expected = Self.order
            expected.attributes.append(name: "replayid", value: "rp-1")
            #expect(try Self.texts(JSONEventFormat.decode(request.body)) == Self.texts(expected))
            #expect(request.headers.filter { $0.name.hasPrefix("ce-") }.isEmpty)
            #expect(request["tenantId"] == "acme")
            #expect(request["correlationId"] == "c-1")
            #expect(request["runId"] == "r-1")
            #expect(request["idempotency-key"] == "https://example.com/shop%23x#A%201")
        }
    }

    @Test func aReplayIsMarkedAndGoesBeforeAMarkThatTheEventHas() async throws {
        try await SinkWorld.run { world in
            let event = SinkWorld.event(["replayid": "old"])
            _ = await world.sink.send(SinkWorld.attempt(world.destination(), [event], replayID: "new"))
            _ = await world.sink.send(SinkWorld.attempt(world.destination(), [event]))
            let requests = try await world.server.received(count: 2)
            #expect(requests.map { $0.values(of: "ce-replayid") } == [["new"], ["old"]])
        }
    }

    @Test func batchedModeSendsAllEventsInOrderWithWhatTheyShareInTheHeaders() async throws {
        try await SinkWorld.run { world in
            let destination = world.destination(mode: .batched)
            let events = (1...3).map { index in
                SinkWorld.event(
                    id: "\(index)", ["tenantid": "acme", "correlationid": "c-\(index)"], data: "\(index)")
            }
            let report = await world.sink.send(SinkWorld.attempt(destination, events, replayID: "rp"))
            #expect(report.meaning == .delivered)
            let request = try await world.server.next()
            #expect(request["content-type"] == "application/cloudevents-batch+json")
            let decoded = try JSONEventFormat.decodeBatch(request.body)
            #expect(decoded.map { $0.id } == ["1", "2", "3"])
            #expect(decoded.allSatisfy { $0.attributes["replayid"] == "rp" })
            #expect(request["tenantId"] == "acme")
            #expect(request["correlationId"] == nil)
            let key = try #require(request["idempotency-key"])

            _ = await world.sink.send(SinkWorld.attempt(destination, events))
            #expect(try await world.server.next()["idempotency-key"] == key)
            _ = await world.sink.send(SinkWorld.attempt(destination, events.reversed()))
            #expect(try await world.server.next()["idempotency-key"] != key)
        }
    }

    @Test func theSubscriptionsHeadersAreSentExceptThoseThatTheRouterSets() async throws {
        try await SinkWorld.run { world in
            let destination = world.destination(
                headers: [
                    "Authorization": "Bearer s3cret", "X-Custom": "a, b", "ce-id": "forged", "CE-Tenantid": "forged",
                    "tenantId": "forged", "Idempotency-Key": "forged", "Content-Type": "forged", "Host": "forged",
                    "Content-Length": "1", "Transfer-Encoding": "chunked", "traceparent": "forged",
                    "User-Agent": "forged", "Connection": "close",
                ], method: "PUT")
            let event = SinkWorld.event(["tenantid": "acme", "datacontenttype": "text/plain"], data: "hello")
            #expect(await world.sink.send(SinkWorld.attempt(destination, [event])).meaning == .delivered)
            let request = try await world.server.next()
            #expect(request.method == "PUT")
            #expect(request.values(of: "authorization") == ["Bearer s3cret"])
            #expect(request["x-custom"] == "a, b")
            #expect(!request.headers.contains { $0.value.contains("forged") })
            #expect(request.values(of: "ce-id") == ["1"])
            #expect(request.values(of: "content-type") == ["text/plain"])
            #expect(request.values(of: "content-length") == ["5"])
            #expect(request["transfer-encoding"] == nil)
            #expect(request["connection"] == nil)
        }
    }

    @Test func aURLWithCredentialsIsRefusedAndNotRepeated() async throws {
        try await SinkWorld.run { world in
            let destination = Destination(
                sink: "http://user:p%40ss@127.0.0.1:\(world.server.port)/hook", origin: world.server.origin,
                mode: .binary, protocolSettings: HTTPProtocolSettings(), timeoutMilliseconds: 60_000)
            let report = await world.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
            #expect(report.meaning == .rejected)
            #expect(report.error?.contains("user") == true && report.error?.contains("p%40ss") == false)
            #expect(world.server.requests.isEmpty)
        }
    }

    private static func texts(_ event: CloudEvent) -> [String] {
        var texts: [String] = []
        event.attributes.forEach { name, value, _ in
            texts.append("\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))")
        }
        return texts.sorted() + [event.data.map { String(buffer: $0) } ?? "no data"]
    }
}
