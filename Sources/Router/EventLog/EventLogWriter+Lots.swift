extension EventLogWriter {
    /// Makes one ``append(_:)`` of each lot, all at the same time.
    public func appendEach(_ lots: [[ProducerRecord]], _ ended: @escaping @Sendable ([LotOutcome]) -> Void) async {
        await withDiscardingTaskGroup { group in
            for (index, lot) in lots.enumerated() {
                group.addTask { ended([await self.outcome(of: lot, index)]) }
            }
        }
    }

    private func outcome(of lot: [ProducerRecord], _ index: Int) async -> LotOutcome {
        do { return LotOutcome(index: index, result: .success(try await self.append(lot))) } catch {
            return LotOutcome(index: index, result: .failure(error))
        }
    }
}
