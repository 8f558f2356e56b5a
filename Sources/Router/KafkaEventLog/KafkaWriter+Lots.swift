import EventLog

extension KafkaWriter {
    /// Records of one append, and where they go.
    struct Lot: Sendable {
        var records: [ProducerRecord]
        var topicPartitions: [TopicPartition] = []
        var bytes = 0
    }

    /// Queues several lots, tells of each when it is acknowledged or has failed, and returns when it has told of all. A
    /// lot that is a failure already is passed on.
    func append(
        _ lots: [Result<Lot, EventLogError>], _ ended: @escaping @Sendable ([LotOutcome]) -> Void
    ) async {
        guard !lots.isEmpty else { return }
        await withCheckedContinuation { continuation in
            let outcome = KafkaAppendLots(lots.count, told: ended, continuation)
            for (index, lot) in lots.enumerated() {
                guard case .success(let lot) = lot, !lot.records.isEmpty else {
                    outcome.finish(index, lot.map { _ in [] })
                    continue
                }
                let append = KafkaAppend(lot.topicPartitions, bytes: lot.bytes, lots: outcome) {
                    outcome.finish(index, $0.result)
                }
                self.start(append, lot.records)
            }
            outcome.tell()
        }
    }
}
