import Foundation
import ProcessKit

/// Signed webhooks of GitHub that got their 202, against events with the same bodies that nobody signed, on the same
/// router.
struct WebhookBenchmark: Benchmark {
    private static let ratioMin = 0.5
    private static let connections = 64
    private static let secret = "the secret of the benchmark"
    let name = "webhook.github"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let rounds = try await PortariumProcess.with(dataDirectory: data) { router in
            try await router.client.call(
                "POST", "/v1/webhook-endpoints", #"{"id":"hub","provider":"github","secrets":["\#(Self.secret)"]}"#,
                expecting: 201)
            return try await self.measure(router.port, context)
        }
        return .relative(self.name, unit: "webhooks/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    private func measure(
        _ port: Int, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        let loads = (
            signed: LoadGenerator(port: port, template: .gitHub(endpoint: "hub", secret: Self.secret)),
            unsigned: LoadGenerator(port: port, template: .gitHubEvent)
        )
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let (value, ceiling) = try await context.measure(round: round) {
                try await Self.rate(loads.signed, context)
            } ceiling: {
                try await Self.rate(loads.unsigned, context)
            }
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) webhooks/s, "
                    + "unsigned events \(BenchmarkReport.figure(ceiling))")
            rounds.append((value, ceiling))
        }
        try await loads.signed.shutdown()
        try await loads.unsigned.shutdown()
        return rounds
    }

    private static func rate(_ load: LoadGenerator, _ context: BenchmarkContext) async throws -> Double {
        try await load.measure(seconds: context.roundSeconds, connections: self.connections).requestsPerSecond
    }
}
