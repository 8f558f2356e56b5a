import Foundation
import NIOCore
import ProcessKit

/// How long a quiet tenant's events take from being published to their sink, at the 99th percentile, alone and beside a
/// tenant that sends all that its limit allows to endpoints of which one refuses connections and one never answers.
struct FairnessBenchmark: Benchmark {
    private static let ratioMin = 0.9
    /// Events a second of the quiet tenant.
    private static let quietRate = 200.0
    /// So many that a stall shorter than 80 ms does not keep the next event of its connection from being sent.
    private static let quietConnections = 16
    /// Events a second of the noisy tenant: its limit, and what it sends.
    private static let noisyRate = 2_000.0
    private static let noisyBatch = 20
    private static let quietType = "com.portarium.bench.Quiet.v1"
    private static let noisyType = "com.portarium.bench.Noisy.v1"

    let name = "delivery.fairness"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let rounds = try await ArrivalSink.with { sink in
            try await ByteListener.with(host: "127.0.0.1") { silent in
                try await PortariumProcess.with(dataDirectory: context.directory.appendingPathComponent("data")) {
                    router in
                    try await self.prepare(router, sink, deadPorts: [silent.port, try await freePort()])
                    return try await self.measure(router, sink, context)
                }
            }
        }
        return .relativeTime(self.name, unit: "ms", rounds: rounds, ratioMin: Self.ratioMin)
    }

    private func prepare(_ router: PortariumProcess, _ sink: ArrivalSink, deadPorts: [Int]) async throws {
        let limits = #"{"eventsPerSecond":\#(Int(Self.noisyRate)),"eventsBurst":\#(Int(Self.noisyRate))}"#
        try await router.client.call("PUT", "/v1/tenants/noisy/limits", limits, expecting: 200)
        try await self.subscribe("quiet", tenant: "quiet", type: Self.quietType, sink: sink.url, router)
        for port in deadPorts {
            try await self.subscribe(
                "dead-\(port)", tenant: "noisy", type: Self.noisyType, sink: "http://127.0.0.1:\(port)/", router)
        }
    }

    private func subscribe(
        _ id: String, tenant: String, type: String, sink: String, _ router: PortariumProcess
    ) async throws {
        let answer = try await router.client.send(
            "POST", "/v1/subscriptions", headers: ["content-type": "application/json", "x-tenant-id": tenant],
            body: Array(
                #"{"id":"\#(id)","types":["\#(type)"],"sink":"\#(sink)","protocol":"HTTP"}"#.utf8))
        guard answer.status == 201 else { throw RouterClient.Refused(call: "subscribe", answer: answer) }
    }

    private func measure(
        _ router: PortariumProcess, _ sink: ArrivalSink, _ context: BenchmarkContext
    ) async throws -> [(value: Double, ceiling: Double)] {
        var rounds: [(value: Double, ceiling: Double)] = []
        var number = 1
        for round in 1...context.rounds {
            let (beside, alone) = try await context.measure(
                round: round,
                value: {
                    try await self.besideNoise(router, context) {
                        try await self.quietP99(router, sink, &number, context.roundSeconds)
                    }
                },
                ceiling: { try await self.quietP99(router, sink, &number, context.roundSeconds) })
            Progress.say(
                "  round \(round): p99 \(BenchmarkReport.figure(beside)) ms beside the noisy tenant, "
                    + "\(BenchmarkReport.figure(alone)) ms alone")
            rounds.append((beside, alone))
        }
        return rounds
    }

    private func besideNoise(
        _ router: PortariumProcess, _ context: BenchmarkContext, _ body: () async throws -> Double
    ) async throws -> Double {
        let load = PacedLoad(
            port: router.port,
            template: .batch(
                type: Self.noisyType, count: Self.noisyBatch, dataBytes: 300, keys: 10_000, tenant: "noisy"),
            // A little less than the limit: a load that is refused ends.
            rate: Self.noisyRate / Double(Self.noisyBatch) * 0.98, seconds: context.roundSeconds + 1, connections: 2)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await load.run() }
            try await Task.sleep(for: .milliseconds(500))
            let result = try await body()
            try await group.waitForAll()
            return result
        }
    }

    /// Publishes at a fixed rate; gives the time from when each event was due to its arrival, in milliseconds.
    private func quietP99(
        _ router: PortariumProcess, _ sink: ArrivalSink, _ number: inout Int, _ seconds: Double
    ) async throws -> Double {
        let load = PacedLoad(
            port: router.port,
            template: .single(type: Self.quietType, dataBytes: 300, keys: 1_000, tenant: "quiet"),
            rate: Self.quietRate, seconds: seconds, connections: Self.quietConnections, firstNumber: number)
        _ = try await load.run()
        let due = load.dueTimes
        number += due.count
        try await eventually("\(due.count) arrivals", within: .seconds(60), every: .milliseconds(5)) {
            due.keys.allSatisfy { sink.arrival(of: $0) != nil }
        }
        return PacedLoad.Latencies(due.map { ((sink.arrival(of: $0.key) ?? $0.value) - $0.value).nanoseconds }).p99
    }
}
