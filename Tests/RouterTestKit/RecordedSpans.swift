import Synchronization
import Traces

/// Keeps the spans that are recorded.
public final class RecordedSpans: SpanRecorder {
    private let state = Mutex<[Span]>([])

    public init() {}

    /// In the order in which they were over.
    public var all: [Span] { self.state.withLock { $0 } }

    public func record(_ spans: [Span]) { self.state.withLock { $0 += spans } }

    /// A tracer whose spans are kept here; its clock stands still at 1 s.
    public func tracer(ratio: Double = 1) -> Tracer {
        Tracer(system: "test", sampler: SpanSampler(ratio: ratio), recorder: self, clock: { 1_000_000_000 })
    }
}

extension Span {
    /// What was said under a name; the last counts.
    public subscript(_ name: SpanAttributeName) -> Value? { self.attributes.last { $0.name == name }?.value }
}
