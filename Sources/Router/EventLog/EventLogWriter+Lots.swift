extension EventLogWriter {
    /// Makes one ``append(_:)`` of each lot, all at the same time.
    public func appendEach(_ lots: [[ProducerRecord]]) async -> [Result<[Position], EventLogError>] {
        await withTaskGroup(of: (Int, Result<[Position], EventLogError>).self) { group in
            for (index, lot) in lots.enumerated() {
                group.addTask {
                    do throws(EventLogError) {
                        return (index, .success(try await self.append(lot)))
                    } catch { return (index, .failure(error)) }
                }
            }
            let none = EventLogError(.closed, "the log is closed")
            var results = [Result<[Position], EventLogError>](repeating: .failure(none), count: lots.count)
            for await (index, result) in group { results[index] = result }
            return results
        }
    }
}
