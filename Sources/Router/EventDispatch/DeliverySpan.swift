import CloudEvents
import Delivery
import EventLog
import Subscriptions
import Traces

/// The span of one attempt to deliver (CONSUMER): from the moment it is handed to the sink until it is known what came
/// of it. What the sink does is inside it.
struct DeliverySpan: Sendable {
    private let tracer: Tracer
    private let attempt: DeliveryAttempt
    private let context: TraceParent
    private let parentID: UInt64?
    private let start: UInt64

    /// Puts an attempt into its trace: that of its events, else the one that they mean, of which it is decided here
    /// whether it is recorded. nil where it is not; receivers are told so.
    static func begin(_ attempt: inout DeliveryAttempt, _ tracer: Tracer?) -> DeliverySpan? {
        guard let tracer else { return nil }
        let events = attempt.elements
        guard let first = events.first?.event else { return nil }
        let own = HopTrace.own(first)
        if events.count == 1 {
            if let own, !own.isSampled {
                attempt.traceParent = own
                return nil
            }
            return self.begin(
                &attempt, tracer, traceID: own?.traceID ?? HopTrace.meantTraceID(of: first), own?.parentID,
                flags: own?.flags)
        }
        let traces = events.map { HopTrace.own($0.event) }
        let ids = zip(traces, events).map { $0?.traceID ?? HopTrace.meantTraceID(of: $1.event) }
        let traceID =
            ids.allSatisfy { $0 == ids[0] } ? ids[0] : HopTrace.meantTraceID(ofBatch: events.map(\.event))
        // Recorded if one of its events is.
        let isSampled = zip(traces, ids).contains { $0?.isSampled ?? tracer.samples($1) }
        return self.begin(
            &attempt, tracer, traceID: traceID, own?.traceID == traceID ? own?.parentID : nil,
            flags: isSampled ? TraceParent.sampledFlag : 0)
    }

    private static func begin(
        _ attempt: inout DeliveryAttempt, _ tracer: Tracer, traceID: UInt128, _ parentID: UInt64?, flags: UInt8?
    ) -> DeliverySpan? {
        let context = TraceParent(
            traceID: traceID, parentID: tracer.nextSpanID(), flags: flags ?? tracer.flags(of: traceID))
        attempt.traceParent = context
        guard context.isSampled else { return nil }
        return DeliverySpan(
            tracer: tracer, attempt: attempt, context: context, parentID: parentID, start: tracer.now)
    }

    /// What came of the attempt.
    func end(_ report: AttemptReport) {
        let first = self.attempt.elements.first
        let topic = first?.position.topic.name
        var span = Span(
            topic.map { "process \($0)" } ?? "process", .consumer, context: self.context, parentID: self.parentID,
            hasRemoteParent: self.parentID != nil, traceState: first.flatMap { HopTrace.state(of: $0.event) },
            start: self.start, end: self.tracer.now)
        span.set(.messagingSystem, self.tracer.system)
        span.set(.operationName, "process")
        span.set(.operationType, "process")
        span.set(.destinationName, topic)
        span.set(.subscription, self.attempt.subscription.name)
        span.set(.tenant, self.attempt.subscription.tenant)
        span.set(.replay, self.attempt.replayID)
        if self.attempt.elements.count == 1, let first {
            span.set(.partition, "\(first.position.partition.value)")
            span.describe(first.event)
        } else {
            span.set(.batchCount, self.attempt.elements.count)
            for element in self.attempt.elements {
                if let own = HopTrace.own(element.event), own.isSampled { span.link(to: own) }
            }
        }
        if report.meaning != .delivered {
            span.fail(report.status.map { String($0) } ?? report.error ?? "failed", report.error)
        }
        self.tracer.record([span])
    }
}
