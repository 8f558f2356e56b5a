import Foundation
import KafkaTestKit
import ProcessKit

/// Events a second over HTTP that got their 202 after the brokers' acknowledgement, against the same router on its
/// embedded log.
struct KafkaIngressBenchmark: Benchmark {
    private static let ratioMin = 0.8
    private static let connections = 64
    private static let keys = 10_000
    let dataBytes: Int
    var name: String { "kafka.ingress.\(self.dataBytes)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let kafkaData = context.directory.appendingPathComponent("kafka")
        let embeddedData = context.directory.appendingPathComponent("embedded")
        let rounds = try await NoidaBroker.with { broker in
            try await PortariumProcess.with(
                dataDirectory: kafkaData, arguments: ["--kafka", broker.bootstrap]
            ) { onKafka in
                try await PortariumProcess.with(dataDirectory: embeddedData) { embedded in
                    try await self.measure(onKafka, embedded, context)
                }
            }
        }
        return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    private func measure(
        _ onKafka: PortariumProcess, _ embedded: PortariumProcess, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        let template = RequestTemplate.single(
            type: "com.portarium.bench.Published.v1", dataBytes: self.dataBytes, keys: Self.keys)
        let loads = (
            kafka: LoadGenerator(port: onKafka.port, template: template),
            embedded: LoadGenerator(port: embedded.port, template: template)
        )
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let (value, ceiling) = try await context.measure(round: round) {
                try await Self.rate(loads.kafka, context)
            } ceiling: {
                try await Self.rate(loads.embedded, context)
            }
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) events/s, "
                    + "embedded log \(BenchmarkReport.figure(ceiling))")
            rounds.append((value, ceiling))
        }
        try await loads.kafka.shutdown()
        try await loads.embedded.shutdown()
        return rounds
    }

    private static func rate(_ load: LoadGenerator, _ context: BenchmarkContext) async throws -> Double {
        try await load.measure(seconds: context.roundSeconds, connections: self.connections).requestsPerSecond
    }
}
