import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// The tour of README.md, step by step.
    struct TourTests {
        private static let type = "com.portarium.run.RunStarted.v1"

        @Test(.timeLimit(.minutes(3)))
        func publishSubscribeFailRedriveReplayTrace() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await PortariumProcess.with(dataDirectory: data) { try await self.tour($0) }
            }
        }

        @Test(
            .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(3)))
        func theSameOnKafka() async throws {
            try await NoidaBroker.with { broker in
                try await withTemporaryDirectory { directory in
                    let data = directory.appendingPathComponent("data")
                    let arguments = ["--kafka", broker.bootstrap]
                    try await PortariumProcess.with(dataDirectory: data, arguments: arguments) { router in
                        try await self.tour(router)
                        #expect(try await router.terminate() == 0)
                    }
                    #expect(!FileManager.default.fileExists(atPath: data.appendingPathComponent("log.db").path))
                }
            }
        }

        private func tour(_ router: PortariumProcess) async throws {
            try await RecordingSink.with { sink in
                try await self.subscribe(router.client, sink)
                let first = try await self.deliver(router.client, sink)
                try await self.failAndRedrive(router.client, sink)
                try await self.replay(router.client, topic: first, sink)
                try await self.trace(router.client)
            }
        }

        private func subscribe(_ client: RouterClient, _ sink: RecordingSink) async throws {
            let answer = try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"tour","types":["\(Self.type)"],"sink":"\(sink.url)","protocol":"HTTP",
                 "filters":[{"sql":"subject LIKE 'runs/%'"}],
                 "config":{"retry":{"maxAttempts":3,"minDelayMs":10,"maxDelayMs":50}}}
                """, expecting: 201)
            #expect(answer["id"]?.string == "tour")
            #expect(answer["status"]?.string == "active")
        }

        private func event(_ id: String, subject: String = "runs/7") -> [String: String] {
            ["id": id, "source": "/tour", "type": Self.type, "subject": subject, "runid": "7", "correlationid": "c-1"]
        }

        /// Returns the topic the event went to.
        private func deliver(_ client: RouterClient, _ sink: RecordingSink) async throws -> String {
            let answer = try await client.publish(self.event("e1"), data: #"{"run":7}"#)
            #expect(answer.status == 202)
            #expect(answer.json["accepted"]?.int == 1)
            let accepted = try #require(answer.json["events"]?[0])
            #expect(accepted["id"]?.string == "e1")
            #expect(accepted["source"]?.string == "/tour")
            #expect(accepted["correlationid"]?.string == "c-1")
            #expect(accepted["offset"]?.int != nil)
            #expect(accepted["partition"]?.int != nil)
            // The filter keeps this one away from the sink.
            #expect(try await client.publish(self.event("other", subject: "tickets/1")).status == 202)

            try await eventually("the first delivery") { sink.count >= 1 }
            let delivery = try #require(sink.deliveries.first)
            #expect(delivery.id == "e1")
            #expect(delivery.body == #"{"run":7}"#)
            #expect(delivery.headers["content-type"] == "application/json")
            #expect(delivery.attribute("tenantid") == "default")
            #expect(delivery.attribute("correlationid") == "c-1")
            #expect(delivery.headers["tenantid"] == "default")
            #expect(delivery.headers["correlationid"] == "c-1")
            #expect(delivery.headers["runid"] == "7")
            #expect(delivery.headers["idempotency-key"]?.contains("e1") == true)
            #expect(delivery.attribute("replayid") == nil)
            return try #require(accepted["topic"]?.string)
        }

        private func failAndRedrive(_ client: RouterClient, _ sink: RecordingSink) async throws {
            sink.answer(with: 400)
            #expect(try await client.publish(self.event("e2"), data: #"{"run":7,"broken":true}"#).status == 202)
            let letter = try await eventually("the dead letter") {
                try await client.call("GET", "/v1/dead-letters?subscription=tour", expecting: 200)["items"]?[0]
            }
            #expect(letter["subscription"]?.string == "tour")
            #expect(letter["event"]?["id"]?.string == "e2")
            #expect(letter["event"]?["data"]?["broken"]?.bool == true)
            #expect(letter["status"]?.int == 400)
            #expect(letter["attempts"]?.int == 1)
            #expect(letter["reason"]?.string?.isEmpty == false)
            let id = try #require(letter["id"]?.string)
            let same = try await client.call("GET", "/v1/dead-letters/\(id)", expecting: 200)
            #expect(same["event"]?["id"]?.string == "e2")

            sink.answer(with: 204)
            let redriven = try await client.call(
                "POST", "/v1/dead-letters/redrive", #"{"ids":["\#(id)"]}"#, expecting: 202)
            #expect(redriven["redriven"]?.int == 1)
            try await eventually("the redriven delivery") {
                sink.deliveries.contains { $0.id == "e2" && $0.status == 204 }
            }
        }

        private func replay(_ client: RouterClient, topic: String, _ sink: RecordingSink) async throws {
            let before = sink.count
            try await RecordingSink.with { isolated in
                let filter = #"[{"exact":{"type":"\#(Self.type)"}},{"prefix":{"subject":"runs/"}}]"#
                let request = #"{"sink":"\#(isolated.url)","topics":["\#(topic)"],"filters":\#(filter)"#
                let counted = try await client.call(
                    "POST", "/v1/replays", request + #","dryRun":true}"#, expecting: 200)
                #expect(counted["matched"]?.int == 2)
                #expect(isolated.count == 0)

                let started = try await client.call(
                    "POST", "/v1/replays", request + #","dryRun":false}"#, expecting: 201)
                let id = try #require(started["id"]?.string)
                let done = try await eventually("the end of the replay") {
                    let replay = try await client.call("GET", "/v1/replays/\(id)", expecting: 200)
                    return replay["status"]?.string == "done" ? replay : nil
                }
                #expect(done["matched"]?.int == 2)
                #expect(done["delivered"]?.int == 2)
                #expect(done["failed"]?.int == 0)
                #expect(isolated.deliveries.map(\.id) == ["e1", "e2"])
                #expect(Set(isolated.deliveries.map { $0.attribute("replayid") }) == [id])
            }
            #expect(sink.count == before)
        }

        private func trace(_ client: RouterClient) async throws {
            // What came of attempts is told behind them.
            let redriven = try await eventually("the trace tells of the delivery") {
                let outcome = try await self.outcome(of: "e2", client)
                return outcome["state"]?.string == "delivered" ? outcome : nil
            }
            let statuses = redriven["attempts"]?.elements.compactMap { $0["status"]?.int } ?? []
            #expect(statuses.contains(400))
            #expect(statuses.contains { (200..<300).contains($0) })
            let filtered = try await self.outcome(of: "other", client)
            #expect(filtered["matched"]?.bool == false)
            #expect(filtered["state"]?.string == "filtered")
            let stored = try await client.call("GET", "/v1/events?source=/tour&id=e1", expecting: 200)
            #expect(stored["data"]?["run"]?.int == 7)
        }

        private func outcome(of id: String, _ client: RouterClient) async throws -> JSONValue {
            let trace = try await client.call("GET", "/v1/events/\(id)/trace?source=/tour", expecting: 200)
            #expect(trace["event"]?["id"]?.string == id)
            let outcomes = trace["subscriptions"]?.elements ?? []
            return try #require(outcomes.first { $0["id"]?.string == "tour" })
        }
    }
}
