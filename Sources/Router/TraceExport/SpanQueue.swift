import Synchronization
import Traces

/// Spans that wait for their request, bounded in number and bytes: what does not fit is dropped and counted, and nobody
/// waits for it.
public final class SpanQueue: SpanRecorder {
    private struct State {
        var spans: [Span] = []
        /// Of those in front, how many were taken already.
        var first = 0
        var bytes = 0
        /// When the oldest came, or what is left after a batch was taken.
        var since: ContinuousClock.Instant?
        var isClosed = false

        var count: Int { self.spans.count - self.first }
    }

    /// Bytes of one request at most, as they are estimated; collectors take several times as many.
    private static let batchBytesMax = 4_194_304
    private let configuration: SpanExportConfiguration
    private let observer: any SpanExportObserver
    private let state = Mutex(State())

    /// - Parameter observer: hears of what is dropped.
    public init(configuration: SpanExportConfiguration, observer: any SpanExportObserver) {
        self.configuration = configuration.clamped()
        self.observer = observer
    }

    /// How many spans wait.
    public var count: Int { self.state.withLock { $0.count } }

    /// Takes spans, or those of them that fit.
    public func record(_ spans: [Span]) {
        let dropped = self.state.withLock { state -> (full: Int, late: Int) in
            if state.isClosed { return (0, spans.count) }
            for (index, span) in spans.enumerated() {
                let bytes = span.byteCount
                guard state.count < self.configuration.queueSpansMax,
                    state.bytes + bytes <= self.configuration.queueBytesMax
                else { return (spans.count - index, 0) }
                if state.since == nil { state.since = .now }
                state.spans.append(span)
                state.bytes += bytes
            }
            return (0, 0)
        }
        if dropped.full > 0 { self.observer.dropped(dropped.full, .queueFull, status: nil) }
        if dropped.late > 0 { self.observer.dropped(dropped.late, .shutdown, status: nil) }
    }

    /// What is ready for a request; nil while others are waited for.
    func take() -> [Span]? {
        self.state.withLock { state in
            guard state.count > 0, let since = state.since else { return nil }
            let isDue = since.duration(to: .now) >= .milliseconds(self.configuration.intervalMilliseconds)
            guard isDue || state.isClosed || state.count >= self.configuration.batchSpansMax else { return nil }
            var (end, bytes) = (state.first, 0)
            while end < state.spans.count, end - state.first < self.configuration.batchSpansMax {
                let next = state.spans[end].byteCount
                if bytes > 0, bytes + next > Self.batchBytesMax { break }
                bytes += next
                end += 1
            }
            let batch = Array(state.spans[state.first..<end])
            state.first = end
            state.bytes -= bytes
            if state.count == 0 {
                (state.spans, state.first, state.since) = ([], 0, nil)
            } else if state.first > state.spans.count / 2 {
                state.spans.removeFirst(state.first)
                state.first = 0
            }
            return batch
        }
    }

    /// Whether nothing more comes.
    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    /// Takes nothing from now on.
    func close() { self.state.withLock { $0.isClosed = true } }

    /// Lets go of what is left, and says so.
    func dropRest() {
        let left = self.state.withLock { state in
            defer { state = State(isClosed: true) }
            return state.count
        }
        if left > 0 { self.observer.dropped(left, .shutdown, status: nil) }
    }
}
