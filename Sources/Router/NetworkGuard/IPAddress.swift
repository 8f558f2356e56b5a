import NIOCore

/// An IPv4 or IPv6 address as a number.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Which of the two it is. `::ffff:127.0.0.1` is IPv6, see ``embeddedIPv4``.
    public enum Family: Hashable, Sendable {
        case v4
        case v6

        /// Bits of an address: 32 or 128.
        var width: Int { self == .v4 ? 32 : 128 }
    }

    public let family: Family
    /// In the order of the network; of an IPv4 address the low 32.
    public let bits: UInt128

    /// The IPv4 address with these bits, the first number of the text highest.
    public init(v4 bits: UInt32) {
        self.family = .v4
        self.bits = UInt128(bits)
    }

    /// The IPv6 address with these bits.
    public init(v6 bits: UInt128) {
        self.family = .v6
        self.bits = bits
    }

    /// Reads `192.0.2.1` and `2001:db8::1`: no brackets, no zone, no other form of the numbers.
    public init?(_ text: String) {
        // The system's parser would end at a zero byte.
        guard text.utf8.count <= 45, text.utf8.allSatisfy(Self.isAddressByte),
            let address = try? SocketAddress(ipAddress: text, port: 0)
        else { return nil }
        self.init(address)
    }

    /// The address of a socket; nil where it is none of IP.
    public init?(_ address: SocketAddress) {
        // Both families keep their address at the same place on every system, in the order of the network.
        let (family, place): (Family, Range<Int>)
        switch address {
        case .v4: (family, place) = (.v4, 4..<8)
        case .v6: (family, place) = (.v6, 8..<24)
        case .unixDomainSocket: return nil
        }
        self.family = family
        self.bits = address.withSockAddr { pointer, size in
            UnsafeRawBufferPointer(start: pointer, count: size)[place].reduce(0) { $0 << 8 | UInt128($1) }
        }
    }

    /// The IPv4 address that is mapped into this one (RFC 4291, section 2.5.5.2), else this one: sockets of both
    /// families give clients of IPv4 in that form.
    public var unmapped: IPAddress {
        self.family == .v6 && self.bits >> 32 == 0xffff ? IPAddress(v4: UInt32(truncatingIfNeeded: self.bits)) : self
    }

    /// As people write it: `192.0.2.1`, `2001:db8::1`.
    public var description: String {
        let width = self.family.width
        let bytes = (1...width / 8).map { UInt8(truncatingIfNeeded: self.bits >> (width - 8 * $0)) }
        // Four or sixteen bytes are an address.
        return (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0))?.ipAddress ?? "\(bytes)"
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
