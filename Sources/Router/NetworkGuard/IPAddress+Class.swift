extension IPAddress {
    private typealias Table = [(network: IPNetwork, class: AddressClass)]

    /// What the address is for. One that carries IPv4 addresses is judged by them too: it is public only where all are.
    public var addressClass: AddressClass {
        let table = self.family == .v4 ? Self.table4 : Self.table6
        if let found = table.first(where: { $0.network.contains(self) }) { return found.class }
        guard self.family == .v6 else { return .public }
        for inside in self.embeddedIPv4 where inside.addressClass != .public { return inside.addressClass }
        if self.destinationIPv4 != nil { return .public }
        if IPNetwork(v6: 0x2001_0000_0000_0000, prefix: 23).contains(self) { return .protocolAssignments }
        // Only this eighth of IPv6 is given to anybody (RFC 4291, section 2.4, and IANA's registry).
        return IPNetwork(v6: 0x2000_0000_0000_0000, prefix: 3).contains(self) ? .public : .reserved
    }

    /// The IPv4 address that a packet to this address ends at, where it leaves IPv6 on the way: IPv4-mapped (RFC 4291,
    /// section 2.5.5.2) and NAT64 (RFC 6052, and RFC 8215 with the prefix 64:ff9b:1::/96).
    public var destinationIPv4: IPAddress? {
        guard self.family == .v6 else { return nil }
        switch self.bits >> 32 {
        case 0xffff, 0x0064_ff9b_0000_0000_0000_0000, 0x0064_ff9b_0001_0000_0000_0000: return self.low32
        default: return nil
        }
    }

    /// Every IPv4 address that the address may carry inside: ``destinationIPv4``, IPv4-compatible (RFC 4291, section
    /// 2.5.5.1), IPv4-translated (RFC 2765), 6to4 (RFC 3056), ISATAP (RFC 5214), and Teredo's two (RFC 4380).
    public var embeddedIPv4: [IPAddress] {
        guard self.family == .v6 else { return [] }
        if let destination = self.destinationIPv4 { return [destination] }
        var inside: [IPAddress] = []
        if self.bits >> 32 == 0 || self.bits >> 32 == 0xffff_0000 { inside.append(self.low32) }
        if self.bits >> 112 == 0x2002 { inside.append(Self.v4(self.bits >> 80)) }
        if self.bits >> 96 == 0x2001_0000 { inside += [Self.v4(self.bits >> 64), Self.v4(~self.bits)] }
        // The bit that says whether the identifier is unique in the world may be set.
        if (self.bits >> 32) & 0xfdff_ffff == 0x5efe { inside.append(self.low32) }
        return inside
    }

    private var low32: IPAddress { Self.v4(self.bits) }

    private static func v4(_ bits: UInt128) -> IPAddress { IPAddress(v4: UInt32(truncatingIfNeeded: bits)) }

    /// The first that holds counts.
    private static let table4: Table = [
        (IPNetwork(255, 255, 255, 255, prefix: 32), .broadcast),
        // Amazon's, Google's, Microsoft's and most others'; containers and pods at Amazon; Alibaba; Azure's agent;
        // Oracle's of old.
        (IPNetwork(169, 254, 169, 254, prefix: 32), .metadata),
        (IPNetwork(169, 254, 170, 2, prefix: 32), .metadata),
        (IPNetwork(169, 254, 170, 23, prefix: 32), .metadata),
        (IPNetwork(100, 100, 100, 200, prefix: 32), .metadata),
        (IPNetwork(168, 63, 129, 16, prefix: 32), .metadata),
        (IPNetwork(192, 0, 0, 192, prefix: 32), .metadata),
        (IPNetwork(0, 0, 0, 0, prefix: 8), .unspecified),
        (IPNetwork(10, 0, 0, 0, prefix: 8), .private),
        (IPNetwork(100, 64, 0, 0, prefix: 10), .carrierNAT),
        (IPNetwork(127, 0, 0, 0, prefix: 8), .loopback),
        (IPNetwork(169, 254, 0, 0, prefix: 16), .linkLocal),
        (IPNetwork(172, 16, 0, 0, prefix: 12), .private),
        (IPNetwork(192, 0, 0, 0, prefix: 24), .protocolAssignments),
        (IPNetwork(192, 0, 2, 0, prefix: 24), .documentation),
        (IPNetwork(192, 88, 99, 0, prefix: 24), .reserved),
        (IPNetwork(192, 168, 0, 0, prefix: 16), .private),
        (IPNetwork(198, 18, 0, 0, prefix: 15), .benchmarking),
        (IPNetwork(198, 51, 100, 0, prefix: 24), .documentation),
        (IPNetwork(203, 0, 113, 0, prefix: 24), .documentation),
        (IPNetwork(224, 0, 0, 0, prefix: 4), .multicast),
        (IPNetwork(240, 0, 0, 0, prefix: 4), .reserved),
    ]

    /// The first that holds counts.
    private static let table6: Table = [
        (IPNetwork(v6: 0, low: 0, prefix: 128), .unspecified),
        (IPNetwork(v6: 0, low: 1, prefix: 128), .loopback),
        // Amazon's and Google's; pods at Amazon.
        (IPNetwork(v6: 0xfd00_0ec2_0000_0000, low: 0x254, prefix: 128), .metadata),
        (IPNetwork(v6: 0xfd00_0ec2_0000_0000, low: 0x23, prefix: 128), .metadata),
        (IPNetwork(v6: 0xfd20_00ce_0000_0000, low: 0x254, prefix: 128), .metadata),
        (IPNetwork(v6: 0x0100_0000_0000_0000, prefix: 64), .discard),
        (IPNetwork(v6: 0x2001_0002_0000_0000, prefix: 48), .benchmarking),
        (IPNetwork(v6: 0x2001_0010_0000_0000, prefix: 28), .orchid),
        (IPNetwork(v6: 0x2001_0020_0000_0000, prefix: 28), .orchid),
        (IPNetwork(v6: 0x2001_0db8_0000_0000, prefix: 32), .documentation),
        (IPNetwork(v6: 0x3fff_0000_0000_0000, prefix: 20), .documentation),
        (IPNetwork(v6: 0xfc00_0000_0000_0000, prefix: 7), .private),
        (IPNetwork(v6: 0xfe80_0000_0000_0000, prefix: 10), .linkLocal),
        (IPNetwork(v6: 0xfec0_0000_0000_0000, prefix: 10), .siteLocal),
        (IPNetwork(v6: 0xff00_0000_0000_0000, prefix: 8), .multicast),
    ]
}
