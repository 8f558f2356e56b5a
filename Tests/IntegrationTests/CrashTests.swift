import BrokerTraits
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// The process dies without a warning, again and again, under load.
    struct CrashTests {
        /// How often the router stores what was settled, as documented for `serve`.
        private static let commitInterval = Duration.seconds(1)
        /// Scheduling on a busy machine, and the attempts that were in flight.
        private static let commitSlack = Duration.seconds(1)
        private static let seed: UInt64 = 20_261_123

        @Test(.timeLimit(.minutes(5)))
        func nothingAcceptedIsLostByTwentyKills() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await Self.crash(20, data, [])
                let integrity = try DatabaseFiles.integrity(in: data)
                #expect(!integrity.isEmpty)
                #expect(integrity.allSatisfy { $0.value == "ok" }, "\(integrity)")
            }
        }

        @Test(.needs(.noida), .timeLimit(.minutes(5)))
        func norOnKafkaByEight() async throws {
            try await withTemporaryDirectory { directory in
                try await KafkaRouter.with(in: directory) { kafka in
                    try await Self.crash(8, directory.appendingPathComponent("data"), kafka.arguments)
                }
            }
        }

        /// Kills the router so many times under load, lets it deliver everything, and looks at what came.
        private static func crash(_ kills: Int, _ data: URL, _ arguments: [String]) async throws {
            try await RecordingSink.with { sink in
                let port = try await freePort()
                let publishers = KeyedPublishers(port: port, backlogMax: 1_000) { sink.count }
                var killedAt: [ContinuousClock.Instant] = []
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let first = try await PortariumProcess.start(
                            dataDirectory: data, port: port, arguments: arguments)
                        try await Self.subscribe(first.client, sink)
                        await first.kill()
                    }
                    try await group.waitForAll()
                    group.addTask { await publishers.run(producers: 4, keysEach: 5) }
                    do {
                        killedAt = try await Self.kill(kills, data, port, arguments)
                    } catch {
                        publishers.stop()
                        throw error
                    }
                    publishers.stop()
                }
                try await Self.settle(data, port, arguments, sink, publishers)
                #expect(killedAt.count == kills)
                try Self.judge(sink, publishers, killedAt)
            }
        }

        private static func subscribe(_ client: RouterClient, _ sink: RecordingSink) async throws {
            // No attempt limit that a restart could reach: a failure here must be a loss, not a dead letter.
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"steps","types":["\(KeyedPublishers.type)"],"sink":"\(sink.url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":1000,"minDelayMs":10,"maxDelayMs":200}}}
                """, expecting: 201)
        }

        /// The router lives for half a second to four seconds each time. Returns when it was killed.
        private static func kill(
            _ kills: Int, _ data: URL, _ port: Int, _ arguments: [String]
        ) async throws -> [ContinuousClock.Instant] {
            var generator = SeededGenerator(seed: Self.seed)
            var killedAt: [ContinuousClock.Instant] = []
            for _ in 0..<kills {
                let router = try await PortariumProcess.start(
                    dataDirectory: data, port: port, arguments: arguments)
                try await Task.sleep(for: .milliseconds(Int.random(in: 500..<4_000, using: &generator)))
                #expect(router.isRunning, "it was to be killed, and had ended before: \(router.errorTail())")
                killedAt.append(ContinuousClock().now)
                await router.kill()
            }
            return killedAt
        }

        /// A last life in which everything is delivered, and an orderly end.
        private static func settle(
            _ data: URL, _ port: Int, _ arguments: [String], _ sink: RecordingSink, _ publishers: KeyedPublishers
        ) async throws {
            try await PortariumProcess.with(dataDirectory: data, port: port, arguments: arguments) { router in
                let accepted = publishers.accepted
                try? await eventually("every accepted event at the sink", within: .seconds(60)) {
                    Set(sink.deliveries.map(\.id)).isSuperset(of: accepted)
                }
                let exitCode = try await router.terminate()
                #expect(exitCode == 0)
            }
        }

        private static func judge(
            _ sink: RecordingSink, _ publishers: KeyedPublishers, _ killedAt: [ContinuousClock.Instant]
        ) throws {
            let ledger = DeliveryLedger(sink.deliveries)
            let accepted = publishers.accepted
            let window = Self.commitInterval + Self.commitSlack
            // An event repeated by its producer after a lost answer may be two records, each delivered once.
            let atRisk = ledger.firstDelivery.values.filter { at in
                killedAt.contains { at <= $0 + Self.commitSlack && at >= $0 - window }
            }.count
            let bound = atRisk + publishers.unanswered
            print(
                "\(killedAt.count) kills: \(accepted.count) accepted, \(publishers.unanswered) unanswered,",
                "\(sink.count) deliveries, \(ledger.duplicates.count) duplicates, at most \(bound) allowed")
            #expect(accepted.count > 50 * killedAt.count)
            #expect(ledger.lost(of: accepted) == [])
            #expect(ledger.disorder == [])
            #expect(ledger.duplicates.count <= bound)
            let tooOld = ledger.duplicates.filter { duplicate in
                !killedAt.contains { duplicate.firstAt >= $0 - window && duplicate.firstAt <= $0 + Self.commitSlack }
            }
            #expect(
                tooOld.count <= publishers.unanswered,
                "settled long before a kill, delivered again: \(tooOld.prefix(5))")
        }
    }
}
