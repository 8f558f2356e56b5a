import CoreMetrics
import Logging
import Observability
import TraceExport
import Traces

/// Counts spans on their way, and says at a bounded rate where they are lost.
final class TracingMetrics: SpanExportObserver {
    private let exports: Counter
    private let retries: Counter
    private let drops: [DroppedSpans: Counter]
    private let warning: SparseWarning

    init(factory: any MetricsFactory, logger: Logger) {
        self.exports = Counter(.spansExported, factory: factory)
        self.retries = Counter(.spanExportRetries, factory: factory)
        self.drops = Dictionary(
            uniqueKeysWithValues: DroppedSpans.allCases.map { reason in
                (reason, Counter(.spansDropped, [("reason", reason.rawValue)], factory: factory))
            })
        self.warning = SparseWarning(logger: logger)
    }

    func exported(_ spans: Int) { self.exports.increment(by: spans) }

    func retried() { self.retries.increment() }

    func dropped(_ spans: Int, _ reason: DroppedSpans, status: Int?) {
        self.drops[reason]?.increment(by: spans)
        self.warning.warn(
            "spans are lost on their way to the collector",
            [
                "spans": "\(spans)", "reason": "\(reason.rawValue)",
                "status": "\(status.map { String($0) } ?? "none")",
            ])
    }
}
