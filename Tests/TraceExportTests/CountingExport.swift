import Synchronization
import TraceExport
import Traces

/// Counts what becomes of spans.
final class CountingExport: SpanExportObserver {
    private let state = Mutex((exported: 0, retries: 0, dropped: [DroppedSpans: Int]()))

    var exported: Int { self.state.withLock { $0.exported } }
    var retries: Int { self.state.withLock { $0.retries } }
    func dropped(_ reason: DroppedSpans) -> Int { self.state.withLock { $0.dropped[reason] ?? 0 } }

    func exported(_ spans: Int) { self.state.withLock { $0.exported += spans } }
    func retried() { self.state.withLock { $0.retries += 1 } }
    func dropped(_ spans: Int, _ reason: DroppedSpans, status: Int?) {
        self.state.withLock { $0.dropped[reason, default: 0] += spans }
    }
}
