import Foundation
import ProcessKit

/// Publishing and delivering with many subscriptions of which one matches, against a router that has only that one.
struct SubscriptionsBenchmark: Benchmark {
    private static let type = "com.portarium.bench.Matched.v1"
    private static let dataBytes = 300
    private static let keys = 10_000
    private static let batch = 100

    let count: Int
    let ratioMin: Double

    var name: String { "subscriptions.\(self.count)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let rounds = try await CountingSink.with { sink in
            try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("many")) { many in
                try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("one")) { one in
                    try await Self.subscribe(many.client, matching: sink, others: self.count - 1)
                    try await Self.subscribe(one.client, matching: sink, others: 0)
                    return try await self.measure(many, one, sink, context)
                }
            }
        }
        return .relative(self.name, unit: "events/s", rounds: rounds, ratioMin: self.ratioMin)
    }

    /// One subscription that wants the events, and others that want other ones: three in four an exact type, the
    /// fourth a prefix of one.
    static func subscribe(_ client: RouterClient, matching sink: CountingSink, others: Int) async throws {
        try await client.call(
            "POST", "/v1/subscriptions",
            #"{"id":"matching","types":["\#(Self.type)"],"sink":"\#(sink.url)","protocol":"HTTP"}"#,
            expecting: 201)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<32 {
                group.addTask {
                    for number in stride(from: worker, to: others, by: 32) {
                        let interest =
                            number.isMultiple(of: 4)
                            ? #""filters":[{"prefix":{"type":"com.example.other\#(number)."}}]"#
                            : #""types":["com.example.Other\#(number).v1"]"#
                        try await client.call(
                            "POST", "/v1/subscriptions",
                            #"{"id":"other\#(number)",\#(interest),"sink":"\#(sink.url)","protocol":"HTTP"}"#,
                            expecting: 201)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func measure(
        _ many: PortariumProcess, _ one: PortariumProcess, _ sink: CountingSink, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        let template = RequestTemplate.batch(
            type: Self.type, count: Self.batch, dataBytes: Self.dataBytes, keys: Self.keys)
        let (manyLoad, oneLoad) = (
            LoadGenerator(port: many.port, template: template), LoadGenerator(port: one.port, template: template)
        )
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let value = try await self.rate(manyLoad, sink, context)
            let ceiling = try await self.rate(oneLoad, sink, context)
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) events/s with \(self.count), "
                    + "\(BenchmarkReport.figure(ceiling)) with one")
            rounds.append((value, ceiling))
        }
        try await manyLoad.shutdown()
        try await oneLoad.shutdown()
        return rounds
    }

    /// From the first request to the last delivery.
    private func rate(_ load: LoadGenerator, _ sink: CountingSink, _ context: BenchmarkContext) async throws -> Double {
        let events = context.scaled(50_000, quick: 5_000)
        let base = sink.count
        let clock = ContinuousClock()
        let start = clock.now
        try await load.send(requests: events / Self.batch, connections: 4)
        try await sink.wait(until: base + events)
        return Double(events) / (clock.now - start).seconds
    }
}
