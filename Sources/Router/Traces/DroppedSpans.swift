/// Why spans never came to the collector; stable words for metrics.
public enum DroppedSpans: String, Sendable, CaseIterable {
    /// They came faster than they could be sent.
    case queueFull = "queue-full"
    /// The collector did not take the request.
    case refused
    /// The collector took the request and not these of it.
    case rejected
    /// The request was too large for the collector.
    case tooLarge = "too-large"
    /// The collector was not there for as long as requests are repeated.
    case unreachable
    /// The process ended before.
    case shutdown
}
