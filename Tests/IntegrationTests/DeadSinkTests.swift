import BrokerTraits
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// A dead endpoint parks only its own subscription.
    struct DeadSinkTests {
        /// `PORTARIUM_DEAD_SINK_EVENTS` makes it a long one.
        private static let events =
            ProcessInfo.processInfo.environment["PORTARIUM_DEAD_SINK_EVENTS"].flatMap(Int.init) ?? 20_000
        private static let keys = 50
        private static let batch = 100
        /// By how much the process may grow between the first quarter of the run and its end, in megabytes: a backlog
        /// that stayed in memory would be more.
        private static let growthMax = 40.0

        @Test(.timeLimit(.minutes(30)))
        func aDeadSinkDelaysNobodyAndCatchesUpInOrder() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await self.catchUp(Self.events, data, [])
            }
        }

        @Test(.needs(.noida), .timeLimit(.minutes(30)))
        func theSameOnKafka() async throws {
            try await withTemporaryDirectory { directory in
                try await KafkaRouter.with(in: directory) { kafka in
                    let data = directory.appendingPathComponent("data")
                    try await self.catchUp(Self.events / 4, data, kafka.arguments)
                }
            }
        }

        private func catchUp(_ events: Int, _ data: URL, _ arguments: [String]) async throws {
            try await PortariumProcess.with(dataDirectory: data, arguments: arguments) { router in
                try await RecordingSink.with { alive in
                    let dead = RecordingSink(port: try await freePort())
                    try await self.subscribe("alive", alive, router.client)
                    try await self.subscribe("dead", dead, router.client)
                    let (published, earlyMegabytes) = try await self.publish(events, router)

                    try await eventually("everything at the living sink", within: .seconds(600)) {
                        alive.count >= events
                    }
                    self.expectAll(published, at: alive)
                    #expect(dead.count == 0)
                    #expect(try residentMegabytes(of: router.identifier) < earlyMegabytes + Self.growthMax)
                    let parked = try await router.client.call("GET", "/v1/subscriptions/dead", expecting: 200)
                    #expect((parked["lag"]?.int ?? 0) > 0)

                    try await dead.listen()
                    try await self.resumeIfSuspended(router.client)
                    try await eventually("the backlog at the returned sink", within: .seconds(600)) {
                        dead.count >= events
                    }
                    self.expectAll(published, at: dead)
                    try await dead.close()
                }
            }
        }

        private func subscribe(_ id: String, _ sink: RecordingSink, _ client: RouterClient) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"\(id)","types":["\(KeyedPublishers.type)"],"sink":"\(sink.url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":1000,"minDelayMs":50,"maxDelayMs":500}}}
                """, expecting: 201)
        }

        /// The events, and how large the process was after a quarter of them.
        private func publish(
            _ count: Int, _ router: PortariumProcess
        ) async throws -> (events: Set<String>, megabytes: Double) {
            let client = router.client
            var published: Set<String> = []
            var megabytes = 0.0
            for start in stride(from: 0, to: count, by: Self.batch) {
                let events = (start..<min(start + Self.batch, count)).map { number in
                    let key = "k\(number % Self.keys)"
                    let id = "\(key)-\(number / Self.keys + 1)"
                    published.insert(id)
                    return """
                        {"specversion":"1.0","id":"\(id)","source":"/load","type":"\(KeyedPublishers.type)",
                         "partitionkey":"\(key)","data":{"number":\(number)}}
                        """
                }
                let answer = try await client.publishBatch(events)
                guard answer.status == 202 else { throw RouterClient.Refused(call: "publish", answer: answer) }
                #expect(answer.json["accepted"]?.int == events.count)
                if start <= count / 4 { megabytes = try residentMegabytes(of: router.identifier) }
            }
            return (published, megabytes)
        }

        /// A subscription that failed for too long has to be woken by hand.
        private func resumeIfSuspended(_ client: RouterClient) async throws {
            let subscription = try await client.call("GET", "/v1/subscriptions/dead", expecting: 200)
            guard subscription["status"]?.string == "suspended" else { return }
            try await client.call("POST", "/v1/subscriptions/dead/resume", expecting: 200)
        }

        private func expectAll(_ published: Set<String>, at sink: RecordingSink) {
            let ledger = DeliveryLedger(sink.deliveries)
            #expect(ledger.lost(of: published) == [])
            #expect(ledger.disorder == [])
            #expect(ledger.duplicates.isEmpty)
        }
    }
}
