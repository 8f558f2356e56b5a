import CloudEvents
import HTTPTypes

/// The trace that a request belongs to (W3C Trace Context), as it came in its headers.
public struct TraceContext: Sendable, Hashable {
    /// Bytes of `tracestate` that are carried on (Trace Context, section 3.3.1.5 asks for at least 512).
    public static let traceStateBytesMax = 512

    /// A valid `traceparent`.
    public let traceParent: String
    /// `tracestate`, where there is one that can be carried on.
    public let traceState: String?

    private static let traceParentName = HTTPField.Name("traceparent")
    private static let traceStateName = HTTPField.Name("tracestate")

    /// The trace of a request; nil where it has none, or one that is not valid: then it is as if it had none
    /// (Trace Context, section 3.2.2.1).
    public init?(headers: HTTPFields) {
        guard let name = Self.traceParentName, let traceParent = headers[name], Self.isValid(traceParent: traceParent)
        else { return nil }
        self.traceParent = traceParent
        self.traceState = Self.traceStateName.flatMap { headers[$0] }.flatMap {
            Self.isValid(traceState: $0) ? $0 : nil
        }
    }

    private static func isValid(traceParent: String) -> Bool {
        var traceParent = traceParent
        return traceParent.withUTF8 { TraceParent.isValid(UnsafeRawBufferPointer($0)) }
    }

    private static func isValid(traceState: String) -> Bool {
        let bytes = traceState.utf8
        return !bytes.isEmpty && bytes.count <= self.traceStateBytesMax
            && bytes.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
