import AsyncHTTPClient
import CloudEvents
import Delivery
import NIOHTTP1
import Subscriptions
import Traces

extension Span {
    /// One request to a sink (CLIENT; OpenTelemetry, "Semantic Conventions for HTTP Spans").
    ///
    /// Of the sink's URL it has the host only: path and query are often secrets, and user and password are.
    init(
        request spanID: UInt64, to destination: PreparedDestination, of attempt: DeliveryAttempt,
        in parent: TraceParent, _ report: AttemptReport, now: UInt64
    ) {
        let method = (try? destination.template.get())?.method.rawValue ?? "POST"
        self.init(
            method, .client, context: TraceParent(traceID: parent.traceID, parentID: spanID, flags: parent.flags),
            parentID: parent.parentID, traceState: attempt.elements.first.flatMap { HopTrace.state(of: $0.event) },
            start: now &- UInt64(max(0, report.durationNanoseconds)), end: now)
        self.set(.requestMethod, method)
        if !destination.host.isEmpty {
            self.set(.serverAddress, destination.host)
            self.set(.urlScheme, destination.scheme)
            self.set(.serverPort, destination.port)
        }
        self.set(.responseStatus, report.status)
        if attempt.number > 1 { self.set(.resendCount, attempt.number - 1) }
        self.set(.tenant, attempt.subscription.tenant)
        self.set(.subscription, attempt.subscription.name)
        if report.meaning != .delivered {
            self.fail(report.status.map { String($0) } ?? report.error ?? "failed", report.error)
        }
    }
}
