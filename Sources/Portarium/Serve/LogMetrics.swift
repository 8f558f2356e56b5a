import CoreMetrics
import Observability

/// Counts what the log's writer does.
struct LogMetrics: Sendable {
    private let records: Counter
    private let duration: CoreMetrics.Timer
    private let batch: Recorder
    private let failures: Counter

    init(factory: any MetricsFactory) {
        self.records = Counter(.logAppendedRecords, factory: factory)
        self.duration = CoreMetrics.Timer(.logAppendDuration, factory: factory)
        self.batch = Recorder(.logBatchRecords, factory: factory)
        self.failures = Counter(.logAppendFailures, factory: factory)
    }

    func appended(records: Int, bytes: Int, duration: Duration) {
        self.records.increment(by: records)
        let (seconds, attoseconds) = duration.components
        self.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        self.batch.record(records)
    }

    func appendFailed(records: Int) { self.failures.increment() }
}
