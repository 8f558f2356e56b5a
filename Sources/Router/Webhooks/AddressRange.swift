import NIOCore

/// A range of IP addresses in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3): `192.0.2.0/24`, or one
/// address. An IPv4 address that is mapped into IPv6 is the IPv4 address.
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let description: String
    private let bytes: [UInt8]
    private let bits: Int

    /// nil where the text is no range.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.bytes(ofAddress: String(parts[0])) else { return nil }
        var bits = address.count * 8
        if parts.count == 2 {
            let digits = parts[1]
            let isMapped = parts[0].contains(":") && address.count == 4
            let bitsMax = isMapped ? 128 : bits
            guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let length = Int(digits), length <= bitsMax, !isMapped || length >= 96
            else { return nil }
            bits = isMapped ? length - 96 : length
        }
        self.description = text
        self.bytes = address
        self.bits = bits
    }

    /// Whether an address lies in it; false for what is no address.
    public func contains(_ address: String) -> Bool {
        guard let address = Self.bytes(ofAddress: address), address.count == self.bytes.count else { return false }
        let (whole, rest) = self.bits.quotientAndRemainder(dividingBy: 8)
        guard address[..<whole] == self.bytes[..<whole] else { return false }
        guard rest > 0 else { return true }
        return (address[whole] ^ self.bytes[whole]) >> UInt8(8 - rest) == 0
    }

    /// 4 or 16 bytes; nil for what is no address.
    static func bytes(ofAddress text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        // Family and port lie before an IPv4 address, and the flow besides before an IPv6 one (RFC 3493, section 3.3).
        let bytes: [UInt8] = address.withSockAddr { pointer, size in
            let raw = UnsafeRawBufferPointer(start: pointer, count: size)
            return address.protocol == .inet ? Array(raw[4..<8]) : Array(raw[8..<24])
        }
        let isMapped = bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [0xff, 0xff]
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
