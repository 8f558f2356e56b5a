import BrokerTraits
import Foundation
import KafkaTestKit
import ObjectStoreTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Large data go through an object store, on the embedded log, with the router as users run it.
    @Suite(.disabled(if: SeaweedStore.absence != nil, Comment(rawValue: SeaweedStore.absence ?? "")))
    struct ClaimCheckTests {
        private static let large = "\"" + String(repeating: "0123456789abcdef", count: 196_608) + "\""

        private static func configuration(_ seaweed: SeaweedStore, in directory: URL) throws -> [String] {
            let secret = directory.appendingPathComponent("secret")
            try Data("\(SeaweedStore.secretAccessKey)\n".utf8).write(to: secret)
            let file = directory.appendingPathComponent("portarium.yaml")
            let text = """
                objectStore:
                  endpoint: \(seaweed.endpoint)
                  bucket: \(SeaweedStore.bucket)
                  accessKeyId: \(SeaweedStore.accessKeyID)
                  secretAccessKeyFile: \(secret.path)
                  keyPrefix: parked
                  thresholdBytes: 100000
                  objectBytesMax: 4000000
                  timeoutMilliseconds: 2000
                  attemptsMax: 2
                """
            try Data(text.utf8).write(to: file)
            return ["--config", file.path]
        }

        private static func with(
            _ arguments: [String] = [], _ body: (PortariumProcess, RecordingSink, SeaweedStore) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                try await SeaweedStore.with { seaweed in
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("data"),
                        arguments: try Self.configuration(seaweed, in: directory) + arguments
                    ) { router in
                        try await RecordingSink.with { sink in
                            try await body(router, sink, seaweed)
                            #expect(!router.errorTail().contains(SeaweedStore.secretAccessKey))
                        }
                    }
                }
            }
        }

        private static func subscribe(_ client: RouterClient, _ sink: RecordingSink) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"s","sink":"\(sink.url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":20,"minDelayMs":50,"maxDelayMs":200}}}
                """, expecting: 201)
        }

        private static func event(_ id: String) -> [String: String] { ["id": id, "source": "/large", "type": "large"] }

        /// The key of a stored event's object, as its reference says it.
        private static func key(_ client: RouterClient, _ id: String) async throws -> String {
            let found = try await client.call("GET", "/v1/events?id=\(id)", expecting: 200)
            let event = try #require(found["items"]?[0]?["event"])
            #expect(event["data"] == nil)
            let reference = try #require(event["dataref"]?.string)
            let prefix = "s3://\(SeaweedStore.bucket)/"
            #expect(reference.hasPrefix(prefix + "parked/default/"))
            return String(reference.dropFirst(prefix.count))
        }

        @Test(.timeLimit(.minutes(3)))
        func threeMegabytesAreDeliveredByteForByte() async throws {
            try await Self.with { router, sink, seaweed in
                let client = router.client
                try await Self.subscribe(client, sink)
                #expect(try await client.publish(Self.event("big"), data: Self.large).status == 202)
                try await eventually("the delivery") { sink.count == 1 }
                let delivery = try #require(sink.deliveries.first)
                #expect(delivery.body == Self.large)
                #expect(delivery.attribute("dataref") == nil)
                #expect(delivery.headers["content-type"] == "application/json")

                let key = try await Self.key(client, "big")
                #expect(try await seaweed.object(key) == Array(Self.large.utf8))
                let single = try await client.send("GET", "/v1/events?id=big&source=/large")
                #expect(single.status == 200)
                #expect(single.text.contains(Self.large))
                #expect(single.json["dataref"] == nil)
                let trace = try await client.call("GET", "/v1/events/big/trace", expecting: 200)
                #expect(trace["event"]?["dataref"]?.string?.hasSuffix(key) == true)

                // Small events never see the store; what is too large even for it is told so.
                #expect(try await client.publish(Self.event("small"), data: "{}").status == 202)
                try await eventually("the small delivery") { sink.count == 2 }
                let refused = try await client.publish(
                    Self.event("huge"), data: String(repeating: "x", count: 4_000_001))
                #expect(refused.status == 413)
                #expect(refused.text.contains(#""limit":"objectStore.objectBytesMax","limitValue":4000000"#))
                let metrics = try await client.send("GET", "/metrics").text
                #expect(metrics.contains(#"portarium_parked_events_total{outcome="parked"} 1"#))
                #expect(metrics.contains("portarium_parked_bytes_total \(Self.large.utf8.count)"))
                #expect(!metrics.contains(SeaweedStore.secretAccessKey))
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func aStoreThatDoesNotAnswerRefusesLargeEventsOnly() async throws {
            try await Self.with { router, sink, seaweed in
                let client = router.client
                try await Self.subscribe(client, sink)
                seaweed.pause()
                let refused = try await client.publish(Self.event("big"), data: Self.large)
                #expect(refused.status == 503)
                #expect(refused.text.contains(#""code":"object-store-unavailable""#))
                let batch = try await client.publishBatch([
                    #"{"specversion":"1.0","id":"b1","source":"/b","type":"t"}"#,
                    #"{"specversion":"1.0","id":"b2","source":"/b","type":"t","data":\#(Self.large)}"#,
                ])
                #expect(batch.status == 503)
                #expect(try await client.countEvents() == 0)
                #expect(try await client.publish(Self.event("small")).status == 202)
                try await eventually("the small delivery") { sink.count == 1 }

                seaweed.resume()
                #expect(try await client.publish(Self.event("big"), data: Self.large).status == 202)
                try await eventually("the large delivery") { sink.count == 2 }
                #expect(sink.deliveries.last?.body == Self.large)
            }
        }

        /// Three megabytes are more than the broker takes: without the store they are refused by the limit's name.
        @Test(.timeLimit(.minutes(3)), .needs(.noida))
        func whatIsTooLargeForTheBrokerIsDeliveredAllTheSame() async throws {
            try await NoidaBroker.with { broker in
                let kafka = ["--kafka", broker.bootstrap]
                try await Self.with(kafka) { router, sink, seaweed in
                    let client = router.client
                    try await Self.subscribe(client, sink)
                    #expect(try await client.publish(Self.event("big"), data: Self.large).status == 202)
                    try await eventually("the delivery") { sink.count == 1 }
                    #expect(sink.deliveries.first?.body == Self.large)
                    #expect(sink.deliveries.first?.attribute("dataref") == nil)
                }
                try await withTemporaryDirectory { directory in
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("data"), arguments: kafka
                    ) { router in
                        let refused = try await router.client.publish(Self.event("big"), data: Self.large)
                        #expect(refused.status == 413)
                        #expect(refused.text.contains(#""limit":"kafka.recordBytesMax","limitValue":983040"#))
                        let small = #"{"specversion":"1.0","id":"1","source":"/b","type":"t"}"#
                        let large = #"{"specversion":"1.0","id":"2","source":"/b","type":"t","data":\#(Self.large)}"#
                        let before = try await router.client.countEvents()
                        let batch = try await router.client.publishBatch([small, large, small])
                        #expect(batch.status == 413)
                        #expect(batch.json["index"]?.int == 1)
                        #expect(try await router.client.countEvents() == before)
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func aLostObjectIsADeadLetterThatCanBeRedrivenOnceItIsBack() async throws {
            try await Self.with { router, sink, seaweed in
                let client = router.client
                #expect(try await client.publish(Self.event("lost"), data: Self.large).status == 202)
                let key = try await Self.key(client, "lost")
                try await seaweed.delete(key)
                // Without its object the single event is shown as the log has it.
                let single = try await client.send("GET", "/v1/events?id=lost&source=/large")
                #expect(single.json["dataref"]?.string?.hasSuffix(key) == true)

                try await client.call(
                    "POST", "/v1/subscriptions",
                    #"{"id":"s","sink":"\#(sink.url)","protocol":"HTTP","config":{"start":"earliest"}}"#,
                    expecting: 201)
                try await eventually("the dead letter") {
                    try await client.call("GET", "/v1/dead-letters", expecting: 200)["items"]?[0] != nil
                }
                let letters = try await client.call("GET", "/v1/dead-letters", expecting: 200)
                let letter = try #require(letters["items"]?[0])
                #expect(letter["reason"]?.string == "rejected")
                #expect(letter["error"]?.string?.contains("the object is gone") == true)
                #expect(letter["event"]?["dataref"]?.string?.hasSuffix(key) == true)
                #expect(letter["event"]?["data"] == nil)
                #expect(sink.count == 0)

                try await seaweed.put(key, Array(Self.large.utf8))
                try await client.call(
                    "POST", "/v1/dead-letters/redrive", #"{"subscription":"s"}"#, expecting: 202)
                try await eventually("the redriven delivery") { sink.count == 1 }
                #expect(sink.deliveries.first?.body == Self.large)
                #expect(sink.deliveries.first?.attribute("dataref") == nil)
            }
        }
    }
}
