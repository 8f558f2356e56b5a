import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Programs that have never heard of Portarium write to its topics and read from them.
    @Suite(.timeLimit(.minutes(3)))
    struct KafkaInteropTests {
        private static let topic = "portarium.events"

        @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
        func whatOthersWriteIsRoutedAndWhatIsNoEventIsKeptApart() async throws {
            try await self.withRouter { router, sink, broker in
                try await router.client.call(
                    "POST", "/v1/subscriptions",
                    """
                    {"id":"interop","types":["com.example.order.placed","com.example.order.cancelled"],
                     "sink":"\(sink.url)","protocol":"HTTP"}
                    """, expecting: 201)
                let binary = try await PythonProgram.produceEvents(
                    20, to: Self.topic, of: broker, mode: "binary", prefix: "b")
                let junk = try await PythonProgram.produceEvents(6, to: Self.topic, of: broker, mode: "junk")
                let structured = try await PythonProgram.produceEvents(
                    20, to: Self.topic, of: broker, mode: "structured", prefix: "s")
                #expect(binary.count == 20 && structured.count == 20 && junk.count == 6)

                let expected = Set((binary + structured).compactMap { $0["id"]?.string })
                try await eventually("every event is delivered") { Set(sink.deliveries.map(\.id)) == expected }
                let delivery = try #require(sink.deliveries.first { $0.id == "s-3" })
                #expect(delivery.attribute("tenantid") == "default")
                #expect(delivery.attribute("correlationid") == "s-3")
                #expect(delivery.headers["tenantid"] == "default")
                #expect(try JSONValue.parsing(Array(delivery.body.utf8))["number"]?.int == 3)

                // Nothing is held up, and what is no event is kept with its bytes.
                try await eventually("what is no event is in the channel") {
                    try await router.client.send("GET", "/metrics").text
                        .contains("portarium_dispatch_invalid_records_total 6")
                }
                let kept = try await PythonProgram.readEvents(
                    6, from: "portarium.invalid-messages", of: broker)
                let values = Set(junk.compactMap { $0["junk"]?.string })
                #expect(Set(kept.compactMap { Self.hex($0["value"]) }).isSubset(of: values))
                #expect(kept.count == 6)
                for id in ["b-1", "s-1"] {
                    try await router.client.call(
                        "GET", "/v1/events?source=/python/producer&id=\(id)", expecting: 200)
                }
            }
        }

        @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
        func othersReadWhatTheRouterWrites() async throws {
            try await self.withRouter { router, _, broker in
                for number in 0..<5 {
                    let answer = try await router.client.publish(
                        [
                            "id": "r\(number)", "source": "/router", "type": "com.example.thing.happened",
                            "subject": "thing/\(number)", "partitionkey": "k",
                        ], data: #"{"number":\#(number)}"#)
                    #expect(answer.status == 202)
                }
                let read = try await PythonProgram.readEvents(5, from: Self.topic, of: broker)
                #expect(read.count == 5)
                for event in read {
                    #expect(event["error"]?.string == nil)
                    #expect(event["attributes"]?["source"]?.string == "/router")
                    #expect(event["attributes"]?["tenantid"]?.string == "default")
                    #expect(event["attributes"]?["correlationid"]?.string != nil)
                }
                #expect(read.compactMap { $0["attributes"]?["id"]?.string }.sorted() == (0..<5).map { "r\($0)" })
            }
        }

        private static func hex(_ value: JSONValue?) -> String? {
            guard let text = value?.string else { return nil }
            if text.hasPrefix("hex:") { return String(text.dropFirst(4)) }
            return text.utf8.map { String(format: "%02x", $0) }.joined()
        }

        private func withRouter(
            _ body: (PortariumProcess, RecordingSink, _ broker: String) async throws -> Void
        ) async throws {
            try await NoidaBroker.with { broker in
                try await withTemporaryDirectory { directory in
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("data"),
                        arguments: ["--kafka", broker.bootstrap]
                    ) { router in
                        try await RecordingSink.with { try await body(router, $0, broker.bootstrap) }
                    }
                }
            }
        }
    }
}
