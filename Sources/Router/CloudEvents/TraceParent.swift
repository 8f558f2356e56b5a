/// The attribute `traceparent` of the distributed tracing extension, which is the header of W3C Trace Context.
public enum TraceParent {
    /// Whether bytes are a `traceparent` (Trace Context, section 3.2): `version-traceid-parentid-flags` in lower-case
    /// hexadecimal, no part all zero, version not `ff`; a later version may carry more after another `-`.
    public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (dash, zero) = (UInt8(ascii: "-"), UInt8(ascii: "0"))
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return false }
        let (version, trace, parent, flags) = (bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
        guard version.allSatisfy(self.isHexadecimal), trace.allSatisfy(self.isHexadecimal),
            parent.allSatisfy(self.isHexadecimal), flags.allSatisfy(self.isHexadecimal),
            trace.contains(where: { $0 != zero }), parent.contains(where: { $0 != zero })
        else { return false }
        if version.allSatisfy({ $0 == zero }) { return bytes.count == 55 }
        if version.allSatisfy({ $0 == UInt8(ascii: "f") }) { return false }
        return bytes.count == 55 || bytes[55] == dash
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
