import Foundation
import ProcessKit

/// Durable ingress: events a second that got their 202, and for single events how that compares to a handler of the
/// same server library that only reads the body.
struct IngressBenchmark: Benchmark {
    private static let connections = 64
    private static let batchConnections = 16
    private static let dataBytes = 1_024
    private static let keys = 10_000
    private static let ratioMin = 0.5
    private static let batchEventsPerSecondMin = 100_000.0

    let name: String
    let eventsPerRequest: Int

    private var connections: Int { self.eventsPerRequest == 1 ? Self.connections : Self.batchConnections }

    private var template: RequestTemplate {
        let type = "com.portarium.bench.Published.v1"
        return self.eventsPerRequest == 1
            ? .single(type: type, dataBytes: Self.dataBytes, keys: Self.keys)
            : .batch(type: type, count: self.eventsPerRequest, dataBytes: Self.dataBytes, keys: Self.keys)
    }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let rounds = try await PortariumProcess.with(dataDirectory: data) { router in
            try await BareServer.with(context) { barePort in
                try await self.measure(router.port, barePort, context)
            }
        }
        guard self.eventsPerRequest > 1 else {
            return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: Self.ratioMin)
        }
        return .atLeast(
            self.name, unit: "events/s", value: rounds.map(\.value).median, required: Self.batchEventsPerSecondMin)
    }

    private func measure(
        _ port: Int, _ barePort: Int, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        let routerLoad = LoadGenerator(port: port, template: self.template)
        let bareLoad = LoadGenerator(port: barePort, template: self.template)
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let value = try await self.rate(routerLoad, context)
            let ceiling = try await self.rate(bareLoad, context)
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) events/s, "
                    + "bare handler \(BenchmarkReport.figure(ceiling))")
            rounds.append((value, ceiling))
        }
        try await routerLoad.shutdown()
        try await bareLoad.shutdown()
        return rounds
    }

    private func rate(_ load: LoadGenerator, _ context: BenchmarkContext) async throws -> Double {
        let rate = try await load.measure(seconds: context.roundSeconds, connections: self.connections)
        return rate.requestsPerSecond * Double(self.eventsPerRequest)
    }
}
