import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// What sinks get of events, through the binary.
    struct TransformTests {
        private static let transform = """
            [{"pick":["/order"]},{"data":{"id":"{/order/id}","text":"order {/order/id}"}},
             {"attributes":{"type":"com.acme.{attribute:subject}","customer":"c-{/id}"}}]
            """

        private func subscribe(_ url: String, mode: String, _ client: RouterClient) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"hook","types":["com.example.a.v1"],"sink":"\(url)","protocol":"HTTP",
                 "config":{"mode":"\(mode)","transform":\(Self.transform)}}
                """, expecting: 201)
        }

        private func publish(_ id: String, _ data: String, _ client: RouterClient) async throws {
            let answer = try await client.publish(
                ["id": id, "source": "/test", "type": "com.example.a.v1", "subject": "eu", "partitionkey": "one"],
                data: data)
            #expect(answer.status == 202)
        }

        @Test(.timeLimit(.minutes(5)), arguments: ["binary", "batched"])
        func eventsArriveChangedAndOneThatCannotBeIsADeadLetter(mode: String) async throws {
            try await withTemporaryDirectory { directory in
                try await RecordingSink.with { sink in
                    let data = directory.appendingPathComponent("data")
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        let client = router.client
                        try await self.subscribe(sink.url, mode: mode, client)
                        try await self.publish("1", #"{"order":{"id":7},"secret":"x"}"#, client)
                        try await self.publish("2", #"{"other":1}"#, client)
                        try await self.publish("3", #"{"order":{"id":"A"}}"#, client)
                        try await eventually("the last event") {
                            sink.deliveries.contains { $0.body.contains("order A") }
                        }
                        let bodies = sink.deliveries.map(\.body).joined(separator: "\n")
                        #expect(bodies.contains(#"{"id":7,"text":"order 7"}"#))
                        #expect(!bodies.contains("secret") && !bodies.contains("other"))
                        if mode == "binary" {
                            let delivery = try #require(sink.deliveries.first)
                            #expect(delivery.attribute("type") == "com.acme.eu")
                            #expect(delivery.attribute("customer") == "c-7")
                            #expect(delivery.attribute("id") == "1")
                        }
                        let letter = try await eventually("the dead letter") { () -> JSONValue? in
                            let letters = try await client.call(
                                "GET", "/v1/dead-letters?reason=transform-failed", expecting: 200)
                            return letters["items"]?[0]
                        }
                        #expect(letter["event"]?["id"]?.string == "2")
                        #expect(letter["event"]?["type"]?.string == "com.example.a.v1")
                        let error = try #require(letter["error"]?.string)
                        #expect(error == "transform: /1/data/id needs '/order/id', which the event's data do not have")

                        // A replay is changed as well.
                        let before = sink.count
                        try await client.call(
                            "POST", "/v1/replays", #"{"subscription":"hook","filters":[{"exact":{"id":"1"}}]}"#,
                            expecting: 201)
                        try await eventually("the replay") { sink.count > before }
                        #expect(sink.deliveries.last?.body.contains("order 7") == true)
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(5)))
        func aTransformCanBeTriedWithoutARouter() async throws {
            try await withTemporaryDirectory { directory in
                func file(_ name: String, _ text: String) throws -> String {
                    let url = directory.appendingPathComponent(name)
                    try Data(text.utf8).write(to: url)
                    return url.path
                }
                func run(_ transform: String, _ data: String) async throws -> (status: Int32, output: String) {
                    let envelope = #""specversion":"1.0","id":"1","source":"/s","type":"t","subject":"eu""#
                    let event = try file("event.json", "{\(envelope),\"data\":\(data)}")
                    let child = try ChildProcess(
                        executable: try ChildProcess.product(named: "portarium"),
                        arguments: ["transform", "eval", "--event", event, try file("transform.json", transform)],
                        outputFile: directory.appendingPathComponent("output"), leash: Leash())
                    return (try await child.end(within: .seconds(30)), child.outputTail())
                }
                let good = try await run(Self.transform, #"{"order":{"id":7}}"#)
                #expect(good.status == 0)
                #expect(good.output.contains(#""data":{"id":7,"text":"order 7"}"#))
                let bad = try await run(Self.transform, "{}")
                #expect(bad.status == 1)
                #expect(bad.output.contains("/1/data/id needs '/order/id'"))
                let none = try await run(#"[{"drop":1}]"#, "{}")
                #expect(none.status == 2)
                #expect(none.output.contains("/0/drop is no step"))
            }
        }
    }
}
