/// The grammar of `tracestate` (W3C Trace Context, section 3.3): `key=value,…`, which tracing systems read and others
/// hand on.
public enum TraceState {
    /// Members of a list at most.
    public static let membersMax = 32
    /// Bytes that are handed on at most; the standard asks for 512 at least.
    public static let bytesMax = 8_192

    private static let valueBytesMax = 256

    /// Whether a text is a list of 1...32 members whose keys all differ. Empty members are passed over, and spaces and
    /// tabs around members. A list that is not valid must be dropped as a whole (section 3.3.1.1).
    public static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count <= self.bytesMax else { return false }
        var keys: [Slice<UnsafeRawBufferPointer>] = []
        for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true) {
            let member = self.trimmed(part)
            if member.isEmpty { continue }
            guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
            let key = member[..<equals]
            guard self.isKey(key), self.isValue(member[member.index(after: equals)...]),
                !keys.contains(where: { $0.elementsEqual(key) })
            else { return false }
            keys.append(key)
        }
        return (1...self.membersMax).contains(keys.count)
    }

    /// Whether a text is such a list, see ``isValid(_:)-(UnsafeRawBufferPointer)``.
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { self.isValid(UnsafeRawBufferPointer($0)) }
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return bytes[bytes.endIndex...] }
        return bytes[...last].drop(while: isSpace)
    }

    /// `a…` with 256 characters at most, or `tenant@system` with 241 and 14.
    private static func isKey(_ key: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let at = key.firstIndex(of: UInt8(ascii: "@")) else {
            return (1...256).contains(key.count) && self.isLetter(key.first) && key.allSatisfy(self.isKeyByte)
        }
        let (tenant, system) = (key[..<at], key[key.index(after: at)...])
        return (1...241).contains(tenant.count) && (1...14).contains(system.count)
            && (self.isLetter(tenant.first) || self.isDigit(tenant.first)) && self.isLetter(system.first)
            && tenant.allSatisfy(self.isKeyByte) && system.allSatisfy(self.isKeyByte)
    }

    /// 1 to 256 printable ASCII characters without `,` and `=`; spaces at the end were trimmed.
    private static func isValue(_ value: Slice<UnsafeRawBufferPointer>) -> Bool {
        (1...self.valueBytesMax).contains(value.count)
            && value.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        self.isLetter(byte) || self.isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "/")
    }

    private static func isLetter(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } ?? false
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }
}
