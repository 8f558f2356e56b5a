/// A host as it stands in a URL, read the way resolvers read it: what looks like a name may be an address.
public enum HostName: Hashable, Sendable {
    /// An address, in whatever form: `192.0.2.1`, `[::1]`, `127.1`, `0x7f.1`, `017700000001`, `2130706433`.
    case address(IPAddress)
    /// Lower-case, without the dot at the end.
    case name(String)
    /// Neither: an IPv6 address with a zone, numbers that are no address, percent-encoded or other than ASCII.
    case malformed

    /// - Parameter text: With or without the brackets of an IPv6 address.
    public init(_ text: String) {
        // Before the case is folded: some letters beyond ASCII become ASCII by that.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            self = .malformed
            return
        }
        var text = text.lowercased()
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = String(text.dropFirst().dropLast())
            guard text.contains(":") else {
                self = .malformed
                return
            }
        }
        // One dot at the end means that the name is whole.
        if text.hasSuffix(".") { text.removeLast() }
        if let address = IPAddress(text) {
            self = .address(address)
            return
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last, text.utf8.count <= 253,
            labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isNameByte) })
        else {
            self = .malformed
            return
        }
        guard Self.isNumber(last) else {
            self = .name(text)
            return
        }
        self = Self.address(of: labels).map { .address($0) } ?? .malformed
    }

    /// One to four numbers, decimal, octal or hexadecimal; the last fills what is left (`inet_aton` of POSIX).
    private static func address(of labels: [Substring]) -> IPAddress? {
        guard labels.count <= 4 else { return nil }
        var bits: UInt64 = 0
        for (index, label) in labels.enumerated() {
            guard let number = self.number(label) else { return nil }
            let width = index == labels.count - 1 ? 8 * (4 - index) : 8
            guard number < 1 << width else { return nil }
            bits = bits << UInt64(width) | number
        }
        return IPAddress(v4: UInt32(truncatingIfNeeded: bits))
    }

    /// Whether resolvers may take it for a number.
    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || label.hasPrefix("0x") && (label.utf8.count == 2 || self.number(label) != nil)
    }

    private static func number(_ label: Substring) -> UInt64? {
        // `UInt64` would take a sign.
        guard label.utf8.allSatisfy({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) else { return nil }
        if label.hasPrefix("0x") { return label.utf8.count == 2 ? 0 : UInt64(label.dropFirst(2), radix: 16) }
        return UInt64(label, radix: label.hasPrefix("0") ? 8 : 10)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
