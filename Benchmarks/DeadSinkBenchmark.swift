import Foundation
import ProcessKit

/// What a dead endpoint costs the others: publishing and delivering to a living sink, with a subscription beside it
/// whose sink refuses every connection for all 200,000 events of the run, against a router without that subscription.
struct DeadSinkBenchmark: Benchmark {
    private static let type = "com.portarium.bench.Matched.v1"
    private static let dataBytes = 300
    private static let keys = 10_000
    private static let batch = 100
    private static let ratioMin = 0.9

    let name = "delivery.dead-sink"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let rounds = try await CountingSink.with { sink in
            try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("dead")) {
                burdened in
                try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("free")) {
                    free in
                    try await Self.subscribe(free.client, "alive", sink.url)
                    try await Self.subscribe(burdened.client, "alive", sink.url)
                    try await Self.subscribe(burdened.client, "dead", "http://127.0.0.1:\(try await freePort())/")
                    return try await self.measure(burdened, free, sink, context)
                }
            }
        }
        return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    private static func subscribe(_ client: RouterClient, _ id: String, _ sink: String) async throws {
        try await client.call(
            "POST", "/v1/subscriptions",
            #"{"id":"\#(id)","types":["\#(Self.type)"],"sink":"\#(sink)","protocol":"HTTP"}"#, expecting: 201)
    }

    private func measure(
        _ burdened: PortariumProcess, _ free: PortariumProcess, _ sink: CountingSink, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        let template = RequestTemplate.batch(
            type: Self.type, count: Self.batch, dataBytes: Self.dataBytes, keys: Self.keys)
        let (burdenedLoad, freeLoad) = (
            LoadGenerator(port: burdened.port, template: template), LoadGenerator(port: free.port, template: template)
        )
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let value = try await self.rate(burdenedLoad, sink, context)
            let ceiling = try await self.rate(freeLoad, sink, context)
            let megabytes = try BacklogBenchmark.residentMegabytes(of: burdened.identifier)
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) events/s with a dead sink "
                    + "(\(BenchmarkReport.figure(megabytes)) MB), \(BenchmarkReport.figure(ceiling)) without")
            rounds.append((value, ceiling))
        }
        try await burdenedLoad.shutdown()
        try await freeLoad.shutdown()
        return rounds
    }

    /// From the first request to the last delivery to the living sink.
    private func rate(_ load: LoadGenerator, _ sink: CountingSink, _ context: BenchmarkContext) async throws -> Double {
        let events = context.scaled(40_000, quick: 4_000)
        let base = sink.count
        let clock = ContinuousClock()
        let start = clock.now
        try await load.send(requests: events / Self.batch, connections: 4)
        try await sink.wait(until: base + events)
        return Double(events) / (clock.now - start).seconds
    }
}
