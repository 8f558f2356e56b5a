import EventLog
import Foundation
import KafkaEventLog
import KafkaTestKit
import ProcessKit

/// How much a router grows that has a backlog of five million records on Kafka before it and a slow sink behind it,
/// from the first quarter of the time on, in megabytes: the lag is the broker's to keep.
struct KafkaBacklogBenchmark: Benchmark {
    private static let megabytesMax = 32.0
    private static let dataBytes = 200
    private static let deliveriesPerSecond = 500
    let name = "kafka.memory.backlog"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let records = context.scaled(5_000_000, quick: 50_000)
        let growth = try await TansuBroker.with { broker in
            let work = KafkaWork(brokers: broker.bootstrap, prefix: "portarium", dataBytes: Self.dataBytes)
            let log = try work.open()
            try await log.createTopic(TopicSpecification(topic: work.topic("events"), partitions: 8))
            await log.close()
            _ = try await KafkaLoop.run(
                "produce", [work.brokers, work.topic("events").name, "\(records)", "\(Self.dataBytes)", "lz4", "5"],
                records: records, context)
            let file = context.directory.appendingPathComponent("backlog.yaml")
            try Data(Self.configuration(broker.bootstrap).utf8).write(to: file)
            return try await PortariumProcess.with(dataDirectory: data, arguments: ["--config", file.path]) { router in
                try await CountingSink.with { sink in try await self.measure(router, sink, context) }
            }
        }
        return .atMost(self.name, unit: "MB", value: growth, required: Self.megabytesMax)
    }

    /// This broker fills an answer from one partition, whatever its limit: so the answer is given that limit.
    private static func configuration(_ brokers: String) -> String {
        """
        kafka:
          brokers: ["\(brokers)"]
          recordBytesMax: 131072
          fetchBytesMax: 131072
        """
    }

    private func measure(
        _ router: PortariumProcess, _ sink: CountingSink, _ context: BenchmarkContext
    ) async throws -> Double {
        try await router.client.call(
            "POST", "/v1/subscriptions",
            """
            {"id":"slow","types":["com.example.order.placed"],"sink":"\(sink.url)","protocol":"HTTP",
             "config":{"start":"earliest","rateLimit":{"perSecond":\(Self.deliveriesPerSecond)}}}
            """, expecting: 201)
        let seconds = context.roundSeconds * 16
        var first = 0.0
        var greatest = 0.0
        let clock = ContinuousClock()
        let start = clock.now
        while (clock.now - start).seconds < seconds {
            let now = try residentMegabytes(of: router.identifier)
            if (clock.now - start).seconds < seconds / 4 { first = max(first, now) }
            greatest = max(greatest, now)
            try await clock.sleep(for: .milliseconds(200))
        }
        guard sink.count > 0 else { throw ChildProcess.Failure("nothing was delivered of the backlog") }
        Progress.say(
            "  \(BenchmarkReport.figure(first)) MB in the first quarter, "
                + "\(BenchmarkReport.figure(greatest)) MB at most, "
                + "\(sink.count) events delivered")
        return greatest - first
    }
}
