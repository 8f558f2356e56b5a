import BrokerTraits
import CloudEvents
import Foundation
import KafkaTestKit
import NIOCore
import ProcessKit
import Synchronization
import Testing

extension IntegrationTests {
    /// Spans of the real binary, as a collector and a sink see them.
    struct TracingTests {
        private static let trace = "0af7651916cd43dd8448eb211c80319c"
        private static let caller = "b7ad6b7169203331"

        /// A router that sends its spans to a collector, with one subscription.
        private static func with(
            _ tracing: String, kafka: String = "",
            _ body: (PortariumProcess, RecordingSink, RecordingSink) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                try await RecordingSink.with { collector in
                    let settings = directory.appendingPathComponent("portarium.yaml")
                    let text = """
                        tracing:
                          endpoint: "\(collector.url)v1/traces"
                          intervalMilliseconds: 20
                          headers: "x-team=a%20b"
                        \(tracing)
                        \(kafka)
                        """
                    try Data(text.utf8).write(to: settings)
                    try await RecordingSink.with { sink in
                        try await PortariumProcess.with(
                            dataDirectory: directory.appendingPathComponent("data"),
                            arguments: ["--config", settings.path]
                        ) { router in
                            try await router.client.call(
                                "POST", "/v1/subscriptions",
                                #"{"id":"all","types":["t"],"sink":"\#(sink.url)?secret=1","protocol":"HTTP"}"#,
                                expecting: 201)
                            try await body(router, sink, collector)
                        }
                    }
                }
            }
        }

        private static func publish(
            _ id: String, _ headers: [String: String] = [:], _ router: PortariumProcess
        ) async throws {
            let event = [
                "ce-specversion": "1.0", "ce-id": id, "ce-source": "/s", "ce-type": "t",
                "content-type": "application/json",
            ]
            let answer = try await router.client.send(
                "POST", "/v1/events?secret=2", headers: event.merging(headers) { $1 }, body: Array("{}".utf8))
            #expect(answer.status == 202, "\(answer.text)")
        }

        @Test(.timeLimit(.minutes(2)))
        func aSampledRequestIsOneTraceFromTheCallerToTheSink() async throws {
            try await Self.checkOneTrace(system: "portarium", kafka: "")
        }

        @Test(.needs(.noida), .timeLimit(.minutes(3)))
        func theSameOnKafka() async throws {
            try await NoidaBroker.with { broker in
                try await Self.checkOneTrace(system: "kafka", kafka: "kafka: {brokers: [\"\(broker.bootstrap)\"]}")
            }
        }

        private static func checkOneTrace(system: String, kafka: String) async throws {
            try await Self.with("  encoding: json", kafka: kafka) { router, sink, collector in
                let attempts = Atomic(0)
                sink.answer { _ in
                    let isFirst = attempts.wrappingAdd(1, ordering: .relaxed).oldValue == 0
                    return RecordingSink.Answer(status: isFirst ? 503 : 204)
                }
                try await Self.publish("1", ["traceparent": "00-\(Self.trace)-\(Self.caller)-01"], router)
                let spans = try await eventually("six spans") {
                    let spans = CollectedSpan.all(in: collector)
                    return spans.count >= 6 ? spans : nil
                }
                #expect(spans.count == 6 && spans.allSatisfy { $0.traceID == Self.trace })
                let server = try #require(spans.first { $0.kind == 2 })
                #expect(server.name == "POST /v1/events" && server.parentID == Self.caller)
                #expect(server["http.response.status_code"] == "202" && server["portarium.tenant"] == "default")
                let append = try #require(spans.first { $0.kind == 4 })
                #expect(append.name == "send portarium.events" && append.parentID == server.id)
                #expect(append["cloudevents.event_id"] == "1" && append["messaging.system"] == system)
                let deliveries = spans.filter { $0.kind == 5 }
                #expect(deliveries.map(\.parentID) == [Self.caller, Self.caller])
                #expect(deliveries.map(\.name) == ["process portarium.events", "process portarium.events"])
                #expect(deliveries.map(\.isFailed) == [true, false])
                let requests = spans.filter { $0.kind == 3 }
                #expect(requests.map(\.parentID) == deliveries.map(\.id))
                #expect(requests.map { $0["http.response.status_code"] } == ["503", "204"])
                #expect(requests.map { $0["http.request.resend_count"] } == [nil, "1"])
                #expect(requests.allSatisfy { $0["server.port"] == "\(sink.port)" })
                #expect(
                    sink.deliveries.map { $0.headers["traceparent"] } == requests.map { "00-\(Self.trace)-\($0.id)-01" }
                )
                // Where the trace began is told as it was.
                #expect(
                    sink.deliveries.allSatisfy {
                        $0.attribute("traceparent") == "00-\(Self.trace)-\(Self.caller)-01"
                    })
                #expect(
                    collector.deliveries.allSatisfy { $0.headers["x-team"] == "a b" && !$0.body.contains("secret") })
                let metrics = try await router.client.send("GET", "/metrics").text
                #expect(metrics.contains("portarium_spans_exported_total 6"))
                #expect(metrics.contains(#"portarium_spans_dropped_total{reason="queue-full"} 0"#))
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func aRequestWithoutATraceBeginsTheOneThatItsCorrelationMeans() async throws {
            try await Self.with("  encoding: json") { router, sink, collector in
                let id = "0194a6e0-0000-7000-8000-00000000000f"
                try await Self.publish("1", ["ce-correlationid": id], router)
                let spans = try await eventually("four spans") {
                    let spans = CollectedSpan.all(in: collector)
                    return spans.count >= 4 ? spans : nil
                }
                #expect(spans.allSatisfy { $0.traceID == id.replacing("-", with: "") })
                let server = try #require(spans.first { $0.kind == 2 })
                #expect(server.parentID == nil)
                let append = try #require(spans.first { $0.kind == 4 })
                #expect(append.parentID == server.id)
                let delivery = try #require(spans.first { $0.kind == 5 })
                #expect(delivery.parentID == append.id)
                #expect(
                    sink.deliveries.first?.attribute("traceparent") == "00-\(server.traceID)-\(append.id)-01")
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func theDecisionOfTheCallerIsKeptAndThatOfTheRouterIsToldOn() async throws {
            try await Self.with("  encoding: json\n  sampleRatio: 0") { router, sink, collector in
                try await Self.publish("unsampled", ["traceparent": "00-\(Self.trace)-\(Self.caller)-00"], router)
                try await Self.publish("root", [:], router)
                let last = "0bf7651916cd43dd8448eb211c80319c"
                try await Self.publish("sampled", ["traceparent": "00-\(last)-\(Self.caller)-01"], router)
                try await eventually("spans of the last") { CollectedSpan.all(in: collector).count >= 4 }
                try await eventually("three deliveries") { sink.count >= 3 }
                #expect(CollectedSpan.all(in: collector).allSatisfy { $0.traceID == last })
                let parents = Dictionary(
                    uniqueKeysWithValues: sink.deliveries.map { ($0.id, $0.headers["traceparent"] ?? "") })
                #expect(parents["unsampled"]?.hasPrefix("00-\(Self.trace)-") == true)
                #expect(parents["unsampled"]?.hasSuffix("-00") == true)
                #expect(parents["root"]?.hasSuffix("-00") == true)
                #expect(parents["sampled"]?.hasSuffix("-01") == true)
                #expect(sink.deliveries.first { $0.id == "root" }?.attribute("traceparent") == nil)
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func eventsOfABatchHaveTracesOfTheirOwn() async throws {
            try await Self.with("  encoding: json") { router, sink, collector in
                let events = (1...2).map { #"{"specversion":"1.0","id":"\#($0)","source":"/s","type":"t"}"# }
                let answer = try await router.client.publishBatch(events)
                #expect(answer.status == 202)
                let spans = try await eventually("eight spans") {
                    let spans = CollectedSpan.all(in: collector)
                    return spans.count >= 8 ? spans : nil
                }
                let append = try #require(spans.first { $0.name == "send portarium.events" })
                #expect(append["messaging.batch.message_count"] == "2")
                let created = spans.filter { $0.name == "create portarium.events" }
                #expect(Set(created.map(\.traceID)).count == 2)
                let links = append.json["links"]?.elements.compactMap { $0["spanId"]?.string } ?? []
                #expect(Set(links) == Set(created.map(\.id)))
                #expect(Set(spans.filter { $0.kind == 5 }.compactMap(\.parentID)) == Set(created.map(\.id)))
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func whatIsRefusedIsASpanToo() async throws {
            try await Self.with("  encoding: json") { router, _, collector in
                let answer = try await router.client.send(
                    "POST", "/v1/events", headers: ["ce-specversion": "1.0", "ce-id": "1"], body: Array("{}".utf8))
                #expect(answer.status == 400)
                let span = try await eventually("a span") { CollectedSpan.all(in: collector).first }
                #expect(span["http.response.status_code"] == "400" && !span.isFailed)
            }
        }

        @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(2)))
        func protobufIsReadByTheReferenceImplementation() async throws {
            try await Self.with("  gzip: true\n  resourceAttributes: [\"a=b%20c\"]") { router, sink, collector in
                try await Self.publish("ü", ["traceparent": "00-\(Self.trace)-\(Self.caller)-01"], router)
                try await eventually("a delivery") { sink.count >= 1 }
                #expect(try await router.terminate() == 0)
                let requests = collector.deliveries
                #expect(requests.allSatisfy { $0.headers["content-encoding"] == "gzip" })
                try await withTemporaryDirectory { directory in
                    var files: [String] = []
                    for (index, request) in requests.enumerated() {
                        let file = directory.appendingPathComponent("\(index)")
                        try Data(request.bytes.readableBytesView).write(to: file)
                        files.append(file.path)
                    }
                    let spans = try await PythonProgram.run("decode-spans.py", files)
                    #expect(spans.compactMap { $0["kind"]?.int }.sorted() == [2, 3, 4, 5])
                    #expect(
                        spans.allSatisfy { $0["trace"]?.string == Self.trace && $0["scope"]?.string == "portarium" })
                    #expect(spans.allSatisfy { $0["resource"]?["service.name"]?.string == "portarium" })
                    #expect(spans.allSatisfy { $0["resource"]?["a"]?.string == "b c" })
                    #expect(spans.allSatisfy { ($0["start"]?.int ?? 0) <= ($0["end"]?.int ?? -1) })
                    let append = try #require(spans.first { $0["kind"]?.int == 4 })
                    #expect(append["attributes"]?["cloudevents.event_id"]?.string == "ü")
                    let server = try #require(spans.first { $0["kind"]?.int == 2 })
                    #expect(server["parent"]?.string == Self.caller && server["flags"]?.int == 0x301)
                    #expect(server["attributes"]?["http.response.status_code"]?.int == 202)
                    #expect(append["parent"]?.string == server["span"]?.string)
                }
            }
        }
    }
}
