import Foundation
import KafkaTestKit
import ProcessKit

/// How long a producer waits for its 202 over Kafka while the router has half of what it can take, in milliseconds, at
/// the 99th percentile, counted from when each request was due.
struct KafkaLatencyBenchmark: Benchmark {
    private static let millisecondsMax = 20.0
    private static let connections = 64
    private static let keys = 10_000
    private static let dataBytes = 1_000
    let name = "kafka.ingress.p99"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let template = RequestTemplate.single(
            type: "com.portarium.bench.Published.v1", dataBytes: Self.dataBytes, keys: Self.keys)
        let latencies = try await NoidaBroker.with { broker in
            try await PortariumProcess.with(dataDirectory: data, arguments: ["--kafka", broker.bootstrap]) { router in
                let load = LoadGenerator(port: router.port, template: template)
                let most = try await load.measure(seconds: context.roundSeconds, connections: Self.connections)
                try await load.shutdown()
                let paced = PacedLoad(
                    port: router.port, template: template, rate: most.requestsPerSecond / 2,
                    seconds: context.roundSeconds * 2, connections: Self.connections)
                return try await paced.run()
            }
        }
        Progress.say(
            "  ms: median \(BenchmarkReport.figure(latencies.median)), p99 \(BenchmarkReport.figure(latencies.p99)), "
                + "p99.9 \(BenchmarkReport.figure(latencies.p999)), "
                + "greatest \(BenchmarkReport.figure(latencies.greatest))")
        return .atMost(self.name, unit: "ms", value: latencies.p99, required: Self.millisecondsMax)
    }
}
