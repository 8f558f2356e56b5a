import CloudEvents
import HTTPTypes

/// The trace that a request belongs to (W3C Trace Context), as it came in its headers.
public struct TraceContext: Sendable, Hashable {
    /// A valid `traceparent`.
    public let traceParent: String
    /// The same, read.
    public let parent: TraceParent
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
        guard traceParents.count == 1, let line = traceParents.first else { return nil }
        let traceParent = Self.trimmed(line)
        guard let parent = TraceParent(traceParent) else { return nil }
        self.parent = parent
        self.traceParent = traceParent
        self.traceState = traceState.flatMap { TraceState.isValid($0) ? Self.trimmed($0) : nil }
    }

    /// Without the spaces and tabs around it, which are no part of a header's value (RFC 9110, section 5.5). The parser
    /// leaves tabs where they are.
    private static func trimmed(_ text: String) -> String {
        func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
        guard isSpace(text.utf8.first) || isSpace(text.utf8.last) else { return text }
        let start = text.utf8.drop(while: isSpace)
        return start.lastIndex { !isSpace($0) }.map { String(Substring(start[...$0])) } ?? ""
    }
}
