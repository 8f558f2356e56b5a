import ProcessKit

/// Publishing to two routers in turn and delivering to one sink: how one does compared with the other.
struct PairedDelivery {
    private static let dataBytes = 300
    private static let keys = 10_000
    private static let batch = 100

    /// Of the events.
    let type: String
    /// Events of one round on each side.
    let events: Int
    let sink: CountingSink

    /// - Parameter tell: says how a round went.
    func measure(
        _ measured: PortariumProcess, against ceiling: PortariumProcess, _ context: BenchmarkContext,
        tell: (_ round: Int, _ value: String, _ ceiling: String) throws -> Void
    ) async throws -> [(value: Double, ceiling: Double)] {
        let template = RequestTemplate.batch(
            type: self.type, count: Self.batch, dataBytes: Self.dataBytes, keys: Self.keys)
        let loads = (
            measured: LoadGenerator(port: measured.port, template: template),
            ceiling: LoadGenerator(port: ceiling.port, template: template)
        )
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            let value = try await self.rate(loads.measured)
            let ceiling = try await self.rate(loads.ceiling)
            try tell(round, BenchmarkReport.figure(value), BenchmarkReport.figure(ceiling))
            rounds.append((value, ceiling))
        }
        try await loads.measured.shutdown()
        try await loads.ceiling.shutdown()
        return rounds
    }

    /// From the first request to the last delivery.
    private func rate(_ load: LoadGenerator) async throws -> Double {
        let base = self.sink.count
        let clock = ContinuousClock()
        let start = clock.now
        try await load.send(requests: self.events / Self.batch, connections: 4)
        try await self.sink.wait(until: base + self.events)
        return Double(self.events) / (clock.now - start).seconds
    }
}
