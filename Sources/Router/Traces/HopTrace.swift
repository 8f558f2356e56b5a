import CloudEvents

/// The trace of one delivery (W3C Trace Context): the event's own, or one that every delivery of the event begins
/// alike.
public enum HopTrace {
    /// Flags of a trace that nobody has decided about: where the router records no spans, it leaves it to receivers
    /// whether they do, and samplers that follow their parent would record nothing of what came unsampled.
    public static let undecidedFlags: UInt8 = TraceParent.sampledFlag

    /// The `traceparent` of a request that delivers an event.
    ///
    /// An event without a valid one gets the trace that its `correlationid` means, so that retries, and all
    /// subscriptions, and all events of one flow are one trace: the 128 bits of a UUID, else a hash. Without a
    /// `correlationid` the hash is that of source and id.
    public static func parent(of event: CloudEvent, spanID: UInt64) -> TraceParent {
        if let own = self.own(event) {
            return TraceParent(traceID: own.traceID, parentID: spanID, flags: own.flags)
        }
        return TraceParent(traceID: self.meantTraceID(of: event), parentID: spanID, flags: self.undecidedFlags)
    }

    /// The `traceparent` of a request that delivers several: of the trace that all share, else of one that the batch
    /// means, so that its retries are one trace.
    public static func parent(ofBatch events: [CloudEvent], spanID: UInt64) -> TraceParent {
        let parents = events.map { self.parent(of: $0, spanID: spanID) }
        if let first = parents.first, parents.allSatisfy({ $0.traceID == first.traceID }) {
            return TraceParent(
                traceID: first.traceID, parentID: spanID, flags: parents.reduce(0) { $0 | $1.flags })
        }
        return TraceParent(traceID: self.meantTraceID(ofBatch: events), parentID: spanID, flags: self.undecidedFlags)
    }

    /// The `tracestate` that goes with the `traceparent` of an event: none where the trace begins here.
    public static func state(of event: CloudEvent) -> String? {
        guard self.own(event) != nil else { return nil }
        return event.attributes.withValue(of: "tracestate") { _, value in
            TraceState.isValid(value) ? String(decoding: value, as: UTF8.self) : nil
        } ?? nil
    }

    /// The trace that an event carries; nil where it carries none, or one that nobody can go on with.
    public static func own(_ event: CloudEvent) -> TraceParent? {
        event.attributes.withValue(of: "traceparent") { _, value in TraceParent(value) } ?? nil
    }

    /// The trace that an event means that carries none.
    public static func meantTraceID(of event: CloudEvent) -> UInt128 {
        let correlated = event.attributes.withValue(of: "correlationid") { _, value in
            self.uuid(value) ?? FNV1a128.hash(value)
        }
        return self.usable(correlated ?? FNV1a128.hash(identitiesOf: [event]))
    }

    /// The trace that a batch means whose events are of several.
    public static func meantTraceID(ofBatch events: [CloudEvent]) -> UInt128 {
        self.usable(FNV1a128.hash(identitiesOf: events))
    }

    private static func usable(_ traceID: UInt128) -> UInt128 { traceID == 0 ? 1 : traceID }

    /// The 128 bits of a UUID's text (RFC 9562, section 4), in either case.
    static func uuid(_ text: UnsafeRawBufferPointer) -> UInt128? {
        guard text.count == 36 else { return nil }
        var bits: UInt128 = 0
        for (index, byte) in text.enumerated() {
            switch (index, byte) {
            case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")), (23, UInt8(ascii: "-")):
                break
            case (8, _), (13, _), (18, _), (23, _): return nil
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")): bits = bits << 4 | UInt128(byte - UInt8(ascii: "0"))
            case (_, UInt8(ascii: "a")...UInt8(ascii: "f")): bits = bits << 4 | UInt128(byte - UInt8(ascii: "a") + 10)
            case (_, UInt8(ascii: "A")...UInt8(ascii: "F")): bits = bits << 4 | UInt128(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return bits
    }
}
