import CloudEvents
import HTTPTypes

/// The trace that a request belongs to (W3C Trace Context), as it came in its headers.
public struct TraceContext: Sendable, Hashable {
    /// A valid `traceparent`.
    public let traceParent: String
    /// A valid `tracestate`, where there is one.
    public let traceState: String?

    private static let traceParentName = HTTPField.Name("traceparent")
    private static let traceStateName = HTTPField.Name("tracestate")

    /// The trace of a request; nil where it has none, several, or one that is not valid: then it is as if it had none
    /// (Trace Context, section 3.2.2.1). Several `tracestate` headers are one list.
    public init?(headers: HTTPFields) {
        guard let name = Self.traceParentName else { return nil }
        self.init(
            traceParents: headers[values: name], traceState: Self.traceStateName.flatMap { headers[$0] })
    }

    /// The same, of the values of the headers: each line of `traceparent`, and the lines of `tracestate` as one.
    init?(traceParents: [String], traceState: String?) {
        guard traceParents.count == 1, let traceParent = traceParents.first, TraceParent(traceParent) != nil else {
            return nil
        }
        self.traceParent = traceParent
        self.traceState = traceState.flatMap { TraceState.isValid($0) ? $0 : nil }
    }
}
