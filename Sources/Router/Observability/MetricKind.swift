/// What a metric counts or shows, in the words of the Prometheus text format 0.0.4.
public enum MetricKind: String, Sendable, Hashable {
    /// Only grows while the process lives.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations in cumulative buckets, with their sum and number.
    case histogram
}
