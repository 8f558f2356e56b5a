import Foundation
import ProcessKit

/// Keyed delivery of a backlog to one sink, against a plain loop of the HTTP client library with the same number of
/// requests in flight. Both sides are a process of their own and post to the same sink.
struct DeliveryBenchmark: Benchmark {
    static let type = "com.portarium.bench.Delivered.v1"
    private static let concurrency = 64
    private static let keys = 10_000
    private static let batch = 100
    private static let ratioMin = 0.6

    let name = "delivery.keyed"
    /// Of each event.
    var dataBytes = 300

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let rounds = try await PortariumProcess.with(dataDirectory: data) { router in
            try await CountingSink.with { sink in
                try await self.measure(router, sink, context)
            }
        }
        return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    /// The rounds on a router and a sink that are there.
    func measure(
        _ router: PortariumProcess, _ sink: CountingSink, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        try await router.client.call(
            "POST", "/v1/subscriptions",
            """
            {"id":"bench","types":["\(Self.type)"],"sink":"\(sink.url)","protocol":"HTTP",
             "config":{"ordering":"key","concurrency":\(Self.concurrency)}}
            """, expecting: 201)
        let template = RequestTemplate.batch(
            type: Self.type, count: Self.batch, dataBytes: self.dataBytes, keys: Self.keys)
        let load = LoadGenerator(port: router.port, template: template)
        let events = context.scaled(100_000, quick: 10_000)
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            // Paused, so that accepting events does not compete with delivering them.
            try await router.client.call("POST", "/v1/subscriptions/bench/pause", expecting: 200)
            try await load.send(requests: events / Self.batch, connections: 8)
            let value = try await sink.rate(of: events) {
                try await router.client.call("POST", "/v1/subscriptions/bench/resume", expecting: 200)
            }
            let ceiling = try await self.ceiling(sink, events, context)
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) events/s, "
                    + "plain loop \(BenchmarkReport.figure(ceiling))")
            rounds.append((value, ceiling))
        }
        try await load.shutdown()
        return rounds
    }

    private func ceiling(_ sink: CountingSink, _ requests: Int, _ context: BenchmarkContext) async throws -> Double {
        let loop = PostLoop(
            port: sink.port, concurrency: Self.concurrency, requests: requests, dataBytes: self.dataBytes)
        let child = try loop.startChild(context)
        do {
            let rate = try await sink.rate(of: requests) {}
            _ = try await child.end(within: .seconds(30))
            return rate
        } catch {
            await child.kill()
            throw error
        }
    }
}
