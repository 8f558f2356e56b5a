import Foundation
import ProcessKit

/// What a dead endpoint costs the others: publishing and delivering to a living sink, with a subscription beside it
/// whose sink refuses every connection for all 200,000 events of the run, against a router without that subscription.
struct DeadSinkBenchmark: Benchmark {
    private static let type = "com.portarium.bench.Matched.v1"
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
                    let pair = PairedDelivery(
                        type: Self.type, events: context.scaled(40_000, quick: 4_000), sink: sink)
                    return try await pair.measure(burdened, against: free, context) { round, value, ceiling in
                        let megabytes = BenchmarkReport.figure(try residentMegabytes(of: burdened.identifier))
                        Progress.say(
                            "  round \(round): \(value) events/s with a dead sink (\(megabytes) MB), "
                                + "\(ceiling) without")
                    }
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
}
