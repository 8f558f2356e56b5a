import Foundation
import ProcessKit

/// Publishing and delivering with many subscriptions of which one matches, against a router that has only that one.
struct SubscriptionsBenchmark: Benchmark {
    private static let type = "com.portarium.bench.Matched.v1"

    let count: Int
    let ratioMin: Double

    var name: String { "subscriptions.\(self.count)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let rounds = try await CountingSink.with { sink in
            try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("many")) { many in
                try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("one")) { one in
                    try await Self.subscribe(many.client, matching: sink, others: self.count - 1)
                    try await Self.subscribe(one.client, matching: sink, others: 0)
                    let pair = PairedDelivery(
                        type: Self.type, events: context.scaled(50_000, quick: 5_000), sink: sink)
                    return try await pair.measure(many, against: one, context) { round, value, ceiling in
                        Progress.say("  round \(round): \(value) events/s with \(self.count), \(ceiling) with one")
                    }
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
}
