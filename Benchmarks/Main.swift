import Foundation
import Observability
import ProcessKit

/// Measures Portarium against stated ceilings of the same run; docs/performance.md explains the method.
@main
struct Main {
    static func main() async {
        // As the router does: what is measured in this process allocates as it does there.
        AllocatorArenas.limit(to: 2)
        do {
            let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
            try await Self.run(options)
        } catch let error as BenchmarkOptions.Misuse {
            FileHandle.standardError.write(Data("portarium-bench: \(error)\n\(BenchmarkOptions.usage)\n".utf8))
            exit(2)
        } catch {
            FileHandle.standardError.write(Data("portarium-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: BenchmarkOptions) async throws {
        switch options.role {
        case .help:
            print(BenchmarkOptions.usage)
        case .serveBare(let port):
            try await BareServer(port: port).run()
        case .countAllocations(let count):
            try await count.run()
        case .postLoop(let loop):
            try await loop.run()
        case .measure:
            try await Self.measure(options)
        }
    }

    private static let benchmarks: [any Benchmark] = [
        IngressBenchmark(name: "ingress.single", eventsPerRequest: 1),
        IngressBenchmark(name: "ingress.batch", eventsPerRequest: 100),
        WebhookBenchmark(),
        DeliveryBenchmark(),
        DeadSinkBenchmark(),
        FairnessBenchmark(),
        FilterBenchmark(),
        SubscriptionsBenchmark(count: 1_000, ratioMin: 0.9),
        SubscriptionsBenchmark(count: 10_000, ratioMin: 0.7),
        BacklogBenchmark(),
    ]

    private static let kafkaBenchmarks: [any Benchmark] =
        [200, 1_000].flatMap { (dataBytes: Int) -> [any Benchmark] in
            [
                KafkaProduceBenchmark(dataBytes: dataBytes), KafkaConsumeBenchmark(dataBytes: dataBytes),
                KafkaRouteBenchmark(dataBytes: dataBytes),
                KafkaIngressBenchmark(dataBytes: dataBytes), KafkaDeliveryBenchmark(dataBytes: dataBytes),
            ]
        } + [KafkaLatencyBenchmark(), KafkaAllocationsBenchmark(), KafkaBacklogBenchmark()]

    private static func measure(_ options: BenchmarkOptions) async throws {
        let benchmarks = options.isOnKafka ? Self.kafkaBenchmarks : Self.benchmarks
        let chosen = benchmarks.filter { options.isChosen($0.name) }
        guard !chosen.isEmpty else {
            throw BenchmarkOptions.Misuse(
                "no benchmark is called that; there are \(benchmarks.map(\.name).joined(separator: ", "))")
        }
        var results: [BenchmarkResult] = []
        for benchmark in chosen {
            Progress.say("\(benchmark.name) …")
            let result = try await withTemporaryDirectory { directory in
                try await benchmark.run(BenchmarkContext(directory: directory, isQuick: options.isQuick))
            }
            results.append(result)
            try BenchmarkReport(results: results).write(to: options.output)
        }
        print(BenchmarkReport(results: results).table)
    }
}
