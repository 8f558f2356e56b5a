import CloudEvents
import Traces

/// From whom events come, as the request that carries them says: what they are stamped with.
public struct EventOrigin: Sendable {
    /// The caller's tenant.
    public var tenant: String
    /// The trace of the request, for events that carry none that is valid.
    public var trace: TraceContext?
    /// Begins a trace for events without any; nil: nobody does.
    public var tracer: Tracer?

    /// An origin.
    public init(tenant: String, trace: TraceContext? = nil, tracer: Tracer? = nil) {
        self.tenant = tenant
        self.trace = trace
        self.tracer = tracer
    }

    /// Puts tenant, correlation and trace into an event; attributes that are there stay as they are, unless they are a
    /// trace that nobody can go on with.
    /// - Parameter correlationID: called where the event has no `correlationid`.
    /// - Returns: the trace that the event now carries, where it began here and is recorded.
    /// - Throws: `CloudEventError` with code `tenant-conflict` where the event says that it is another tenant's.
    func stamp(
        _ event: inout CloudEvent, correlationID: () -> String
    ) throws(CloudEventError) -> TraceParent? {
        let isOwn = event.attributes.withValue(of: "tenantid") { _, value in value.elementsEqual(self.tenant.utf8) }
        switch isOwn {
        case .some(true): break
        case .some(false):
            throw CloudEventError(
                .tenantConflict, attribute: "tenantid",
                reason: "names another tenant than the caller's; leave it out, or send the event as that tenant")
        case .none: event.attributes.append(name: "tenantid", value: self.tenant)
        }
        if event.attributes.withValue(of: "correlationid", { _, _ in true }) == nil {
            event.attributes.append(name: "correlationid", value: correlationID())
        }
        return self.stampTrace(&event)
    }

    /// An event goes on with its own trace, else with the request's: the attributes say where the trace of the whole
    /// transmission started (CloudEvents, distributed tracing extension), so that no hop changes them. Where there is
    /// neither, the trace that its `correlationid` means begins here if it is recorded; one that is not leaves no mark,
    /// because delivery comes to the same decision. What is no trace context is taken out: whoever
    /// cannot read a `traceparent` must begin anew, and must not use the `tracestate` (Trace Context, section 4.3).
    private func stampTrace(_ event: inout CloudEvent) -> TraceParent? {
        let isTraced = event.attributes.withValue(of: "traceparent") { _, value in TraceParent(value) != nil }
        let hasState = event.attributes.withValue(of: "tracestate") { _, value in TraceState.isValid(value) }
        if isTraced == true {
            if hasState == false { event.attributes.set("tracestate", to: nil) }
            return nil
        }
        if isTraced != nil { event.attributes.set("traceparent", to: nil) }
        if hasState != nil { event.attributes.set("tracestate", to: nil) }
        guard let trace else { return self.beginTrace(of: &event) }
        event.attributes.append(name: "traceparent", value: trace.traceParent)
        if let traceState = trace.traceState { event.attributes.append(name: "tracestate", value: traceState) }
        return nil
    }

    private func beginTrace(of event: inout CloudEvent) -> TraceParent? {
        guard let tracer else { return nil }
        let traceID = HopTrace.meantTraceID(of: event)
        guard tracer.samples(traceID) else { return nil }
        let begun = TraceParent(traceID: traceID, parentID: tracer.nextSpanID(), flags: TraceParent.sampledFlag)
        event.attributes.append(name: "traceparent", value: begun.text)
        return begun
    }
}

extension CloudEventError.Code {
    /// The event says that it belongs to another tenant than the caller.
    static let tenantConflict = Self(name: "tenant-conflict")
}
