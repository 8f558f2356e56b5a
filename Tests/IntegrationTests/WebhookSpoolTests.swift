import BrokerTraits
import Foundation
import GRDB
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Webhooks through the real binary while the log is away, and while the process is killed.
    struct WebhookSpoolTests {
        private static let seed: UInt64 = 20_261_126

        /// Starts the router with the settings.
        private static func configuration(
            _ directory: URL, _ more: String = "", spool: String = "on"
        ) throws -> [String] {
            let key = Data((0..<32).map { UInt8($0) }).base64EncodedString()
            let file = directory.appendingPathComponent("router.yaml")
            try Data(
                """
                webhooks:
                  spool: '\(spool)'
                  spoolAfterMilliseconds: 200
                secrets:
                  encryptionKey: '\(key)'
                \(more)
                """.utf8
            ).write(to: file)
            return ["--config", file.path]
        }

        private static func kafka(_ port: Int) -> String {
            """
            kafka:
              brokers: ["127.0.0.1:\(port)"]
              instanceId: one
              sessionTimeoutMilliseconds: 6000
            """
        }

        private static func subscribe(_ client: RouterClient, _ sink: RecordingSink) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"pulls","filters":[{"prefix":{"type":"com.github."}}],"sink":"\(sink.url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":1000,"minDelayMs":10,"maxDelayMs":200}}}
                """, expecting: 201)
        }

        private static func metric(_ client: RouterClient, _ name: String) async throws -> Double? {
            let lines = try await client.send("GET", "/metrics").text.split(separator: "\n")
            return lines.first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }

        @Test(.needs(.noida), .timeLimit(.minutes(3)))
        func whileTheBrokerIsAwayWebhooksAreKeptAndComeInOrder() async throws {
            try await NoidaBroker.with { broker in
                try await TCPProxy.with(upstreamPort: broker.port, portMap: nil) { proxy in
                    try await RecordingSink.with { sink in
                        try await withTemporaryDirectory { directory in
                            let arguments = try Self.configuration(directory, Self.kafka(proxy.port))
                            try await PortariumProcess.with(
                                dataDirectory: directory.appendingPathComponent("data"), arguments: arguments
                            ) { router in
                                try await Self.outlast(proxy, router, sink)
                            }
                        }
                    }
                }
            }
        }

        private static func outlast(
            _ proxy: TCPProxy, _ router: PortariumProcess, _ sink: RecordingSink
        ) async throws {
            let client = router.client
            try await WebhookSource.makeEndpoint(client)
            try await Self.subscribe(client, sink)
            let source = WebhookSource(port: router.port, repositories: 3)
            func send(_ numbers: Range<Int>) async {
                await withDiscardingTaskGroup { group in
                    for repository in 0..<3 {
                        group.addTask {
                            for number in numbers {
                                let isAccepted = await source.send("r\(repository)-\(number)", of: repository)
                                #expect(isAccepted)
                            }
                        }
                    }
                }
            }
            await send(0..<5)
            #expect(source.spooledCount == 0)
            try await proxy.takeDown()
            await send(5..<25)
            #expect(source.spooledCount == 60)
            #expect(try await Self.metric(client, "portarium_webhook_spool_deliveries") == 60)
            #expect(try await Self.metric(client, "portarium_webhook_spool_oldest_age_seconds") ?? 0 > 0)
            try await eventually("degraded, and ready") {
                let answer = try await client.send("GET", "/readyz")
                return answer.status == 200 && answer.json["status"]?.string == "degraded"
            }
            let spooled = source.spooledCount
            #expect(await source.send("r1-7", of: 1))
            #expect(source.spooledCount == spooled)
            try await proxy.bringUp()
            try await eventually("an empty spool", within: .seconds(90)) {
                try await Self.metric(client, "portarium_webhook_spool_deliveries") == 0
            }
            await send(25..<30)
            try await eventually("all at the sink", within: .seconds(90)) { Set(sink.deliveries.map(\.id)).count == 90 }
            source.judge(sink)
            #expect(try await client.countEvents() == 90)
            let state = try await client.send("GET", "/readyz").json["status"]?.string
            #expect(state == "ready")
        }

        @Test(.timeLimit(.minutes(5)))
        func nothingAcceptedIsLostByTwentyKillsWhileTheLogIsLocked() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let lock = LogLock(data)
                try await Self.crash(20, data, try Self.configuration(directory)) {
                    try await lock.take()
                } restore: {
                    try await lock.release()
                }
                let integrity = try DatabaseFiles.integrity(in: data.appendingPathComponent("spool"))
                #expect(integrity["spool.db"] == "ok")
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func turnedOffItKeepsNothingMoreAndLosesNothing() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let lock = LogLock(data)
                let port = try await freePort()
                let source = WebhookSource(port: port, repositories: 1)
                try await PortariumProcess.with(
                    dataDirectory: data, port: port, arguments: try Self.configuration(directory)
                ) { router in
                    try await WebhookSource.makeEndpoint(router.client)
                    try await lock.take()
                    for number in 0..<5 { await source.send("r0-\(number)", of: 0) }
                    #expect(source.spooledCount == 5)
                    await router.kill()
                }
                try await lock.release()
                try await PortariumProcess.with(
                    dataDirectory: data, port: port, arguments: try Self.configuration(directory, spool: "off")
                ) { router in
                    try await eventually("an empty spool") {
                        try await Self.metric(router.client, "portarium_webhook_spool_deliveries") == 0
                    }
                    #expect(try await router.client.countEvents() == 5)
                    try await lock.take()
                    #expect(await !source.send("r0-5", of: 0))
                    let state = try await router.client.send("GET", "/readyz")
                    #expect(state.status == 503)
                    try await lock.release()
                    #expect(await source.send("r0-5", of: 0))
                    #expect(try await Self.metric(router.client, "portarium_webhook_spooled_total") == 0)
                }
                #expect(source.spooledCount == 5)
            }
        }

        @Test(.needs(.noida), .timeLimit(.minutes(5)))
        func norByEightWhileTheBrokerIsAway() async throws {
            try await NoidaBroker.with { broker in
                try await TCPProxy.with(upstreamPort: broker.port, portMap: nil) { proxy in
                    try await withTemporaryDirectory { directory in
                        try await Self.crash(
                            8, directory.appendingPathComponent("data"),
                            try Self.configuration(directory, Self.kafka(proxy.port))
                        ) {
                            try await proxy.takeDown()
                        } restore: {
                            try await proxy.bringUp()
                        }
                    }
                }
            }
        }

        /// Kills the router under load at moments that a seed chooses: while webhooks are written to the disk, while
        /// they go into the log, while what is in it is removed. Then looks whether everything accepted is there.
        private static func crash(
            _ kills: Int, _ data: URL, _ arguments: [String], takeAway: () async throws -> Void,
            restore: () async throws -> Void
        ) async throws {
            try await RecordingSink.with { sink in
                let port = try await freePort()
                let source = WebhookSource(port: port, repositories: 6)
                try await PortariumProcess.with(dataDirectory: data, port: port, arguments: arguments) { first in
                    try await WebhookSource.makeEndpoint(first.client)
                    try await Self.subscribe(first.client, sink)
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await source.run() }
                    defer { source.stop() }
                    var generator = SeededGenerator(seed: Self.seed)
                    for _ in 0..<kills { try await Self.live(data, port, arguments, &generator, takeAway, restore) }
                    try await PortariumProcess.with(dataDirectory: data, port: port, arguments: arguments) { last in
                        try await ContinuousClock().sleep(for: .seconds(1))
                        source.stop()
                        try await group.waitForAll()
                        try await Self.settle(last, source, sink, kills)
                    }
                }
                source.judge(sink)
                #expect(source.spooledCount > 10 * kills)
            }
        }

        /// Lets the last life bring everything into the log, and deliver it.
        private static func settle(
            _ router: PortariumProcess, _ source: WebhookSource, _ sink: RecordingSink, _ kills: Int
        ) async throws {
            let accepted = Set(source.accepted.joined())
            try? await eventually("every accepted webhook at the sink", within: .seconds(90)) {
                Set(sink.deliveries.map(\.id)).isSuperset(of: accepted)
            }
            try await eventually("an empty spool") {
                try await Self.metric(router.client, "portarium_webhook_spool_deliveries") == 0
            }
            let aside = try await Self.metric(router.client, "portarium_webhook_spool_set_aside")
            #expect(aside == 0)
            let stored = try await router.client.countEvents()
            print(
                "\(kills) kills: \(accepted.count) accepted, \(source.spooledCount) of them onto the disk,",
                "\(source.failures) not; \(stored) in the log")
            let exitCode = try await router.terminate()
            #expect(exitCode == 0)
        }

        private static func live(
            _ data: URL, _ port: Int, _ arguments: [String], _ generator: inout SeededGenerator,
            _ takeAway: () async throws -> Void, _ restore: () async throws -> Void
        ) async throws {
            func pass(_ milliseconds: Range<Int>) async throws {
                try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds, using: &generator)))
            }
            let router = try await PortariumProcess.start(dataDirectory: data, port: port, arguments: arguments)
            try await pass(50..<500)
            try await takeAway()
            try await pass(300..<1_500)
            // Half of them are killed while the log is away, the others while it takes what waits.
            if Bool.random(using: &generator) {
                try await restore()
                try await pass(0..<1_000)
            }
            #expect(router.isRunning, "it was to be killed, and had ended before: \(router.errorTail())")
            await router.kill()
            try await restore()
        }
    }

    /// Another program that has the embedded log's file for itself, so that the router cannot write.
    private actor LogLock {
        private let path: String
        private var database: DatabaseQueue?

        init(_ data: URL) { self.path = data.appendingPathComponent("log.db").path }

        func take() throws {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.allowsUnsafeTransactions = true
            let database = try DatabaseQueue(path: self.path, configuration: configuration)
            try database.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            self.database = database
        }

        func release() throws {
            guard let database else { return }
            try database.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try database.close()
            self.database = nil
        }
    }
}
