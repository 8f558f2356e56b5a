/// A range of addresses with a common beginning (CIDR, RFC 4632): `10.0.0.0/8`, `fd00::/8`.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    /// Why a text names no network; reads as the rest of a sentence that begins with the text.
    public struct Fault: Error, Hashable, Sendable {
        public let reason: String

        public init(reason: String) {
            self.reason = reason
        }
    }

    /// The first address.
    public let base: IPAddress
    /// How many bits are common, `0...32` or `0...128`.
    public let prefixLength: Int

    /// 127.0.0.0/8 and ::1.
    public static let loopback = [IPNetwork(127, 0, 0, 0, prefix: 8), IPNetwork(v6: 0, low: 1, prefix: 128)]

    /// Reads `10.0.0.0/8`, or an address for itself alone.
    public init(_ text: String) throws(Fault) {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        guard let address = IPAddress(String(text[..<slash])) else {
            throw Fault(reason: "must be an address or a network such as 10.0.0.0/8 or fd00::/8")
        }
        self.base = address
        guard slash != text.endIndex else {
            self.prefixLength = address.family.width
            return
        }
        let digits = text[text.index(after: slash)...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(digits), length <= address.family.width
        else { throw Fault(reason: "must have a number of 0 to \(address.family.width) behind the /") }
        self.prefixLength = length
        let first = Self.masked(address, length)
        guard first == address else {
            throw Fault(reason: "has bits set behind its first \(length): write \(first)/\(length)")
        }
    }

    /// A network of IPv4; bits behind the prefix must not be set.
    init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, prefix: Int) {
        self.base = IPAddress(v4: UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth))
        self.prefixLength = prefix
    }

    /// A network of IPv6 by the two halves of its first address; bits behind the prefix must not be set.
    init(v6 high: UInt64, low: UInt64 = 0, prefix: Int) {
        self.base = IPAddress(v6: UInt128(high) << 64 | UInt128(low))
        self.prefixLength = prefix
    }

    /// Whether the address begins as all of the network do. An IPv4 address is in no network of IPv6.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == self.base.family && Self.masked(address, self.prefixLength) == self.base
    }

    public var description: String { "\(self.base)/\(self.prefixLength)" }

    private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        let behind = address.family.width - length
        let bits = (address.bits >> behind) << behind
        return address.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: bits)) : IPAddress(v6: bits)
    }
}
