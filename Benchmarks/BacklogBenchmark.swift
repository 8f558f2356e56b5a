import Foundation
import ProcessKit

/// The memory of a router with a thousand subscriptions and a backlog of a million events that a paused one has not
/// seen, while another keeps up, and while the backlog is delivered.
struct BacklogBenchmark: Benchmark {
    private static let megabytesMax = 150.0
    private static let subscriptions = 1_000
    private static let type = "com.portarium.bench.Matched.v1"
    private static let batch = 100
    private static let dataBytes = 300

    let name = "memory.backlog"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let data = context.directory.appendingPathComponent("data")
        let megabytes = try await PortariumProcess.with(dataDirectory: data) { router in
            try await CountingSink.with { sink in
                try await SubscriptionsBenchmark.subscribe(
                    router.client, matching: sink, others: Self.subscriptions - 1)
                return try await self.measure(router, sink, context)
            }
        }
        return .atMost(self.name, unit: "MB", value: megabytes, required: Self.megabytesMax)
    }

    private func measure(
        _ router: PortariumProcess, _ sink: CountingSink, _ context: BenchmarkContext
    ) async throws -> Double {
        let events = context.scaled(1_000_000, quick: 20_000)
        try await router.client.call("POST", "/v1/subscriptions/matching/pause", expecting: 200)
        let template = RequestTemplate.batch(
            type: Self.type, count: Self.batch, dataBytes: Self.dataBytes, keys: 10_000)
        let load = LoadGenerator(port: router.port, template: template)
        try await load.send(requests: events / Self.batch, connections: 8)
        try await load.shutdown()
        let full = try residentMegabytes(of: router.identifier)
        Progress.say("  backlog of \(events): \(BenchmarkReport.figure(full)) MB")

        try await router.client.call("POST", "/v1/subscriptions/matching/resume", expecting: 200)
        var greatest = full
        let base = sink.count
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(context.roundSeconds * 4))
        while clock.now < end, sink.count - base < events {
            greatest = max(greatest, try residentMegabytes(of: router.identifier))
            try await clock.sleep(for: .milliseconds(50))
        }
        guard sink.count > base else { throw ChildProcess.Failure("the backlog was not delivered") }
        Progress.say("  while \(sink.count - base) are delivered: \(BenchmarkReport.figure(greatest)) MB")
        return greatest
    }
}
