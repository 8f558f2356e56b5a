/// Where deliveries go: an HTTP endpoint, an in-process handler, a topic.
public protocol EventSink: Sendable {
    /// Makes one attempt and says what came of it. Does not throw: every failure is a report.
    ///
    /// Keeps the attempt's timeout itself. A cancelled task ends the attempt early; its report is then ignored.
    func send(_ attempt: DeliveryAttempt) async -> AttemptReport
}
