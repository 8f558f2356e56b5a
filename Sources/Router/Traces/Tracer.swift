import CloudEvents

/// What the rooms need to take part in traces: ids, the time, the decision, and who takes the spans.
///
/// Where tracing is off there is none, and what would record spans only looks for it.
public final class Tracer: Sendable {
    /// `messaging.system` of the log.
    public let system: String
    private let sampler: SpanSampler
    private let recorder: any SpanRecorder
    private let clock: @Sendable () -> UInt64
    private let ids = SpanIDs()

    /// - Parameters:
    ///   - system: `kafka`, or `portarium` for the embedded log.
    ///   - recorder: takes the spans.
    ///   - clock: nanoseconds since the epoch.
    public init(
        system: String, sampler: SpanSampler, recorder: any SpanRecorder, clock: @escaping @Sendable () -> UInt64
    ) {
        self.system = system
        self.sampler = sampler
        self.recorder = recorder
        self.clock = clock
    }

    /// Nanoseconds since the epoch.
    public var now: UInt64 { self.clock() }

    /// The id of a span that begins.
    public func nextSpanID() -> UInt64 { self.ids.next() }

    /// A trace that no event means.
    public func nextTraceID() -> UInt128 { UInt128(self.ids.next()) << 64 | UInt128(self.ids.next()) }

    /// Whether a trace is recorded that nobody has decided about yet.
    public func samples(_ traceID: UInt128) -> Bool { self.sampler.samples(traceID) }

    /// Flags of a trace that begins here.
    public func flags(of traceID: UInt128) -> UInt8 { self.samples(traceID) ? TraceParent.sampledFlag : 0 }

    /// Hands spans over.
    public func record(_ spans: [Span]) { self.recorder.record(spans) }
}
