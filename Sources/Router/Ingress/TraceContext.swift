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

    /// Whether a text is a `traceparent` (Trace Context, section 3.2): `version-traceid-parentid-flags` in lower-case
    /// hexadecimal, no part all zero, version not `ff`; a later version may carry more after another `-`.
    public static func isValid(traceParent: String) -> Bool {
        var traceParent = traceParent
        return traceParent.withUTF8 { bytes in
            let (dash, zero) = (UInt8(ascii: "-"), UInt8(ascii: "0"))
            guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return false }
            let (version, trace, parent, flags) = (bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
            guard version.allSatisfy(Self.isHexadecimal), trace.allSatisfy(Self.isHexadecimal),
                parent.allSatisfy(Self.isHexadecimal), flags.allSatisfy(Self.isHexadecimal),
                trace.contains(where: { $0 != zero }), parent.contains(where: { $0 != zero })
            else { return false }
            if version.allSatisfy({ $0 == zero }) { return bytes.count == 55 }
            if version.allSatisfy({ $0 == UInt8(ascii: "f") }) { return false }
            return bytes.count == 55 || bytes[55] == dash
        }
    }

    private static func isValid(traceState: String) -> Bool {
        let bytes = traceState.utf8
        return !bytes.isEmpty && bytes.count <= self.traceStateBytesMax
            && bytes.allSatisfy { (0x20...0x7e).contains($0) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
