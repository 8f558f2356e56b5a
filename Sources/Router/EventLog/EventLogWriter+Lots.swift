extension EventLogWriter {
    /// Makes one ``append(_:)`` of each lot, all at the same time.
    public func appendEach(_ lots: [[ProducerRecord]]) async -> [Result<[Position], EventLogError>] {
        await withTaskGroup(of: LotOutcome.self) { group in
            for (index, lot) in lots.enumerated() {
                group.addTask { await self.outcome(of: lot, index) }
            }
            let none = EventLogError(.closed, "the log is closed")
            var results = [Result<[Position], EventLogError>](repeating: .failure(none), count: lots.count)
            for await outcome in group { results[outcome.index] = outcome.result }
            return results
        }
    }

    private func outcome(of lot: [ProducerRecord], _ index: Int) async -> LotOutcome {
        do { return LotOutcome(index: index, result: .success(try await self.append(lot))) } catch {
            return LotOutcome(index: index, result: .failure(error))
        }
    }
}

private struct LotOutcome: Sendable {
    var index: Int
    var result: Result<[Position], EventLogError>
}
