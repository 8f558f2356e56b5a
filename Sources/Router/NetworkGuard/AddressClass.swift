/// What an address is for, after the registries of special-purpose addresses (RFC 6890 and what amends it).
///
/// The words are values of a metric's label, and what tenants are told; they are stable.
public enum AddressClass: String, Hashable, Sendable, CaseIterable {
    /// Anywhere on the public network.
    case `public`
    /// 127.0.0.0/8, ::1, and the names that mean it.
    case loopback
    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), fc00::/7 (RFC 4193).
    case `private`
    /// 169.254.0.0/16 (RFC 3927), fe80::/10.
    case linkLocal = "link-local"
    /// 100.64.0.0/10: between a carrier and its customers (RFC 6598).
    case carrierNAT = "carrier-nat"
    /// Where clouds give a machine's credentials to whoever asks from it.
    case metadata
    /// 224.0.0.0/4, ff00::/8.
    case multicast
    /// 255.255.255.255.
    case broadcast
    /// 0.0.0.0/8, ::.
    case unspecified
    /// 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32, 3fff::/20.
    case documentation
    /// 198.18.0.0/15, 2001:2::/48.
    case benchmarking
    /// 192.0.0.0/24, 2001::/23: for the IETF's own protocols, Teredo among them.
    case protocolAssignments = "protocol-assignments"
    /// 240.0.0.0/4, 192.88.99.0/24, and all of IPv6 that is not given to anybody.
    case reserved
    /// fec0::/10, deprecated (RFC 3879).
    case siteLocal = "site-local"
    /// 100::/64 (RFC 6666).
    case discard
    /// 2001:10::/28, 2001:20::/28: names, not places (RFC 7343).
    case orchid
    /// A host that is neither a name nor an address as such are written; some programs would read one out of it.
    case malformed

    /// As it stands in a sentence: `a private address`.
    public var phrase: String {
        switch self {
        case .public: "a public address"
        case .loopback: "a loopback address"
        case .private: "a private address"
        case .linkLocal: "a link-local address"
        case .carrierNAT: "an address behind a carrier's NAT"
        case .metadata: "the address of a metadata service"
        case .multicast: "a multicast address"
        case .broadcast: "the broadcast address"
        case .unspecified: "the unspecified address"
        case .documentation: "an address of documentation"
        case .benchmarking: "an address of benchmarks"
        case .protocolAssignments: "an address of the IETF's protocols"
        case .reserved: "a reserved address"
        case .siteLocal: "a site-local address"
        case .discard: "an address that discards"
        case .orchid: "an ORCHID and no place"
        case .malformed: "neither a name nor an address"
        }
    }
}
