import CloudEvents
import EventLog
import HTTPServing
import Traces

/// The spans of one request that brings events: the request (SERVER) and its append to the log (PRODUCER), and for each
/// event of a batch whose trace begins here, its creation (PRODUCER).
///
/// The request goes on with the trace in its header; without one, with that of its only event; a batch is a trace of
/// its own, with links to those of its events. There is nothing of this where no trace is recorded.
struct IngressSpans: Sendable {
    private let tracer: Tracer
    private let route: String
    private let tenant: String
    private let prepared: PreparedEvents
    private let request: TraceParent
    private let parentID: UInt64?
    private let traceState: String?
    private let appendID: UInt64
    private let start: UInt64
    private let appendStart: UInt64

    /// Spans of a request whose events are about to be appended; nil where none is recorded.
    /// - Parameters:
    ///   - trace: of the request's headers.
    ///   - route: the template of its path.
    ///   - elapsedNanoseconds: since the request began.
    init?(
        of prepared: PreparedEvents, trace: TraceContext?, tracer: Tracer, route: String, tenant: String,
        elapsedNanoseconds: Int64
    ) {
        let only = prepared.events.count == 1 ? prepared.events.first : nil
        var appendID: UInt64?
        if let header = trace?.parent {
            guard header.isSampled else { return nil }
            (self.parentID, self.traceState) = (header.parentID, trace?.traceState)
            self.request = TraceParent(traceID: header.traceID, parentID: tracer.nextSpanID(), flags: header.flags)
        } else if let only {
            guard let own = HopTrace.own(only), own.isSampled else { return nil }
            let begun = prepared.begun.first?.trace
            appendID = begun?.parentID
            self.parentID = begun == nil ? own.parentID : nil
            self.traceState = HopTrace.state(of: only)
            self.request = TraceParent(traceID: own.traceID, parentID: tracer.nextSpanID(), flags: own.flags)
        } else {
            let traceID = tracer.nextTraceID()
            let flags = tracer.flags(of: traceID)
            guard flags & TraceParent.sampledFlag != 0 || !prepared.begun.isEmpty else { return nil }
            (self.parentID, self.traceState) = (nil, nil)
            self.request = TraceParent(traceID: traceID, parentID: tracer.nextSpanID(), flags: flags)
        }
        (self.tracer, self.route, self.tenant, self.prepared) = (tracer, route, tenant, prepared)
        self.appendID = appendID ?? tracer.nextSpanID()
        self.appendStart = tracer.now
        self.start = self.appendStart &- UInt64(max(0, elapsedNanoseconds))
    }

    /// The events are in the log.
    func accepted(bodyBytes: Int) { self.end(status: 202, errorType: nil, bodyBytes: bodyBytes) }

    /// None of them is, as far as can be known.
    func refused(_ problem: ProblemError, bodyBytes: Int) {
        self.end(
            status: problem.problem.type.status, errorType: String(problem.problem.type.status), bodyBytes: bodyBytes)
    }

    /// A request that came no further than to be looked at (SERVER).
    static func refused(
        _ problem: ProblemError, trace: TraceContext?, tracer: Tracer, route: String, tenant: String,
        elapsedNanoseconds: Int64
    ) {
        let header = trace?.parent
        let traceID = header?.traceID ?? tracer.nextTraceID()
        let flags = header?.flags ?? tracer.flags(of: traceID)
        guard flags & TraceParent.sampledFlag != 0 else { return }
        let end = tracer.now
        var span = Span(
            "POST \(route)", .server,
            context: TraceParent(traceID: traceID, parentID: tracer.nextSpanID(), flags: flags),
            parentID: header?.parentID, hasRemoteParent: header != nil, traceState: trace?.traceState,
            start: end &- UInt64(max(0, elapsedNanoseconds)), end: end)
        Self.describe(&span, route, tenant, status: problem.problem.type.status)
        tracer.record([span])
    }

    private func end(status: Int, errorType: String?, bodyBytes: Int) {
        let end = self.tracer.now
        var spans: [Span] = []
        let isRecorded = self.request.isSampled
        if isRecorded {
            var request = Span(
                "POST \(self.route)", .server, context: self.request, parentID: self.parentID,
                hasRemoteParent: self.parentID != nil, traceState: self.traceState, start: self.start, end: end)
            Self.describe(&request, self.route, self.tenant, status: status)
            request.set(.requestBodySize, bodyBytes)
            spans.append(request)
            spans.append(self.append(until: end, errorType))
        }
        if self.prepared.events.count != 1 {
            for (index, trace) in self.prepared.begun {
                var span = self.span("create", of: trace, parentID: nil, topic: self.topic(index), until: end)
                span.describe(self.prepared.events[index])
                if isRecorded { span.link(to: self.request) }
                if let errorType { span.fail(errorType) }
                spans.append(span)
            }
        }
        self.tracer.record(spans)
    }

    private func append(until end: UInt64, _ errorType: String?) -> Span {
        let topic = self.prepared.records.first?.topic.name
        let isOneTopic = self.prepared.records.allSatisfy { $0.topic.name == topic }
        let context = TraceParent(
            traceID: self.request.traceID, parentID: self.appendID, flags: self.request.flags)
        var span = self.span(
            "send", of: context, parentID: self.request.parentID, topic: isOneTopic ? topic : nil, until: end)
        if self.prepared.events.count == 1 {
            span.describe(self.prepared.events[0])
        } else {
            span.set(.batchCount, self.prepared.events.count)
        }
        for event in self.prepared.events {
            guard let own = HopTrace.own(event), own.isSampled, own.traceID != context.traceID else { continue }
            span.link(to: own)
        }
        if let errorType { span.fail(errorType) }
        return span
    }

    private func topic(_ index: Int) -> String? {
        self.prepared.records.indices.contains(index) ? self.prepared.records[index].topic.name : nil
    }

    private func span(
        _ operation: String, of context: TraceParent, parentID: UInt64?, topic: String?, until end: UInt64
    ) -> Span {
        var span = Span(
            topic.map { "\(operation) \($0)" } ?? operation, .producer, context: context, parentID: parentID,
            start: self.appendStart, end: end)
        span.set(.messagingSystem, self.tracer.system)
        span.set(.operationName, operation)
        span.set(.operationType, operation)
        span.set(.destinationName, topic)
        span.set(.tenant, self.tenant)
        return span
    }

    private static func describe(_ span: inout Span, _ route: String, _ tenant: String, status: Int) {
        span.set(.requestMethod, "POST")
        span.set(.route, route)
        span.set(.urlScheme, "http")
        span.set(.responseStatus, status)
        span.set(.tenant, tenant)
        if status >= 500 { span.fail(String(status)) }
    }
}
