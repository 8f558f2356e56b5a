import CloudEvents

/// The trace of one delivery (W3C Trace Context): the event's own, or one that every delivery of the event begins
/// alike.
enum HopTrace {
    /// The router records no spans, and leaves it to receivers whether they do: an event that came without a decision
    /// is sent as sampled, because samplers that follow their parent would record nothing of it otherwise.
    private static let flags: UInt8 = 1

    /// The `traceparent` of a request that delivers an event.
    ///
    /// An event without a valid one gets the trace that its `correlationid` means, so that retries, and all
    /// subscriptions, and all events of one flow are one trace: the 128 bits of a UUID, else a hash. Without a
    /// `correlationid` the hash is that of source and id.
    static func parent(of event: CloudEvent, spanID: UInt64) -> TraceParent {
        if let own = self.own(event) {
            return TraceParent(traceID: own.traceID, parentID: spanID, flags: own.flags)
        }
        let correlated = event.attributes.withValue(of: "correlationid") { _, value in
            self.uuid(value) ?? FNV1a128.hash(value)
        }
        return self.begun(correlated ?? FNV1a128.hash(identitiesOf: [event]), spanID)
    }

    /// The `traceparent` of a request that delivers several: of the trace that all share, else of one that the batch
    /// means, so that its retries are one trace.
    static func parent(ofBatch events: [CloudEvent], spanID: UInt64) -> TraceParent {
        let parents = events.map { self.parent(of: $0, spanID: spanID) }
        if let first = parents.first, parents.allSatisfy({ $0.traceID == first.traceID }) {
            return TraceParent(
                traceID: first.traceID, parentID: spanID, flags: parents.reduce(0) { $0 | $1.flags })
        }
        return self.begun(FNV1a128.hash(identitiesOf: events), spanID)
    }

    /// The `tracestate` that goes with the `traceparent` of an event: none where the trace begins here.
    static func state(of event: CloudEvent) -> String? {
        guard self.own(event) != nil else { return nil }
        return event.attributes.withValue(of: "tracestate") { _, value in
            TraceState.isValid(value) ? String(decoding: value, as: UTF8.self) : nil
        } ?? nil
    }

    private static func own(_ event: CloudEvent) -> TraceParent? {
        event.attributes.withValue(of: "traceparent") { _, value in TraceParent(value) } ?? nil
    }

    private static func begun(_ traceID: UInt128, _ spanID: UInt64) -> TraceParent {
        TraceParent(traceID: traceID == 0 ? 1 : traceID, parentID: spanID, flags: self.flags)
    }

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
