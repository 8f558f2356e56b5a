import Foundation
import KafkaTestKit
import ProcessKit

/// Keyed delivery of a backlog on Kafka to one sink, against the plain loop of ``DeliveryBenchmark``.
struct KafkaDeliveryBenchmark: Benchmark {
    private static let ratioMin = 0.6
    let dataBytes: Int
    var name: String { "kafka.delivery.\(self.dataBytes)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let delivery = DeliveryBenchmark(dataBytes: self.dataBytes)
        let rounds = try await NoidaBroker.with { broker in
            try await PortariumProcess.with(
                dataDirectory: data, arguments: ["--kafka", broker.bootstrap]
            ) { router in
                try await CountingSink.with { sink in try await delivery.measure(router, sink, context) }
            }
        }
        return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: Self.ratioMin)
    }
}
