/// A `traceparent` (W3C Trace Context, section 3.2), as HTTP and the CloudEvents distributed tracing extension carry
/// it.
public struct TraceParent: Sendable, Hashable {
    /// The bit of ``flags`` that says that the caller may have recorded the span.
    public static let sampledFlag: UInt8 = 0b01
    /// Characters of the text form of version 00.
    static let length = 55
    /// Of the flags, those that version 00 defines: sampled, and whether the trace id is random (Level 2).
    private static let flagsMask: UInt8 = 0b11

    /// The trace, never 0.
    public var traceID: UInt128
    /// The caller's span, never 0.
    public var parentID: UInt64
    /// Bit 0: the caller may have recorded the span. Bits that version 00 does not define are 0.
    public var flags: UInt8

    /// Whether the caller may have recorded the span.
    public var isSampled: Bool { self.flags & Self.sampledFlag != 0 }

    /// Parts that are known to be valid: neither id is 0.
    public init(traceID: UInt128, parentID: UInt64, flags: UInt8) {
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags & Self.flagsMask
    }

    /// Reads the text form; nil where it breaks the grammar: then there is no trace to go on with (section 3.2.2.1).
    ///
    /// Lower-case hexadecimal, no id all zero, version not `ff`. A version after 00 is read as far as 00 knows it; it
    /// may have more after another `-`, and keeps the sampled flag alone (section 4.3).
    public init?(_ text: UnsafeRawBufferPointer) {
        guard text.count >= Self.length, text[2] == UInt8(ascii: "-"), text[35] == UInt8(ascii: "-"),
            text[52] == UInt8(ascii: "-"), let version = Self.number(text[0..<2], as: UInt8.self),
            let traceID = Self.number(text[3..<35], as: UInt128.self), traceID != 0,
            let parentID = Self.number(text[36..<52], as: UInt64.self), parentID != 0,
            let flags = Self.number(text[53..<55], as: UInt8.self)
        else { return nil }
        switch version {
        case 0x00: guard text.count == Self.length else { return nil }
        case 0xff: return nil
        default: guard text.count == Self.length || text[Self.length] == UInt8(ascii: "-") else { return nil }
        }
        self.init(traceID: traceID, parentID: parentID, flags: version == 0 ? flags : flags & 1)
    }

    /// Reads the text form, see ``init(_:)-(UnsafeRawBufferPointer)``.
    public init?(_ text: String) {
        var text = text
        guard let parsed = text.withUTF8({ TraceParent(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = parsed
    }

    /// The text form, version 00.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.length) { target in
            func write(_ value: some FixedWidthInteger, digits: Int, at start: Int) {
                for index in 0..<digits {
                    let nibble = UInt8(truncatingIfNeeded: value >> (4 * (digits - 1 - index))) & 0x0f
                    target[start + index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                }
            }
            for index in [2, 35, 52] { target[index] = UInt8(ascii: "-") }
            write(UInt8(0), digits: 2, at: 0)
            write(self.traceID, digits: 32, at: 3)
            write(self.parentID, digits: 16, at: 36)
            write(self.flags, digits: 2, at: 53)
            return Self.length
        }
    }

    /// The trace as 32 hexadecimal digits.
    public var traceIDText: String { String(self.text.dropFirst(3).prefix(32)) }

    private static func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ digits: Slice<UnsafeRawBufferPointer>, as type: Number.Type
    ) -> Number? {
        var number: Number = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | Number(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | Number(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}
