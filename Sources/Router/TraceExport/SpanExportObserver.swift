import Traces

/// Hears what becomes of spans, to count it.
public protocol SpanExportObserver: Sendable {
    /// The collector has them.
    func exported(_ spans: Int)
    /// Nobody will have them.
    /// - Parameter status: of the collector's answer, where that is why.
    func dropped(_ spans: Int, _ reason: DroppedSpans, status: Int?)
    /// A request is made again.
    func retried()
}
