/// Where the router may send what callers ask it to send: to the public network, and to what is allowed by name.
public struct NetworkPolicy: Hashable, Sendable {
    /// Networks that are allowed, whatever they are for.
    public var allowedNetworks: [IPNetwork]
    /// Hosts, lower-case and without a dot at the end, that may also have loopback, private and carrier addresses.
    public var allowedHosts: Set<String>

    /// Without arguments: the public network only.
    public init(allowedNetworks: [IPNetwork] = [], allowedHosts: Set<String> = []) {
        self.allowedNetworks = allowedNetworks
        self.allowedHosts = allowedHosts
    }

    /// What is wrong with the address that a connection goes to, or that a name was resolved to; nil: nothing.
    /// - Parameter isAllowedHost: Whether the connection is for one of ``allowedHosts``.
    public func refusal(of address: IPAddress, isAllowedHost: Bool = false) -> AddressRefusal? {
        let kind = address.addressClass
        switch kind {
        case .public: return nil
        case .loopback, .private, .carrierNAT: if isAllowedHost { return nil }
        default: break
        }
        let isAllowed = self.allowedNetworks.contains { network in
            network.contains(address) || address.destinationIPv4.map(network.contains) ?? false
        }
        return isAllowed ? nil : AddressRefusal(kind, address: address)
    }

    /// What is wrong with a host before anything is resolved; nil: nothing, or nothing that its text tells.
    public func refusal(ofHost host: String) -> AddressRefusal? {
        switch HostName(host) {
        case .malformed: return AddressRefusal(.malformed)
        case .address(let address): return self.refusal(of: address)
        case .name(let name):
            if self.allowedHosts.contains(name) { return nil }
            if Self.isLoopback(name: name) {
                return self.allows([IPAddress(v4: 0x7f00_0001), IPAddress(v6: 1)]) ? nil : AddressRefusal(.loopback)
            }
            if Self.metadataNames.contains(name) {
                return self.allows([IPAddress(v4: 0xa9fe_a9fe)]) ? nil : AddressRefusal(.metadata)
            }
            return nil
        }
    }

    /// Whether the host is one of ``allowedHosts``.
    public func isAllowedHost(_ host: String) -> Bool {
        guard case .name(let name) = HostName(host) else { return false }
        return self.allowedHosts.contains(name)
    }

    /// Whether a host means this machine whatever resolvers say (RFC 6761, section 6.3), or is one of its addresses.
    public static func isLoopback(host: String) -> Bool {
        switch HostName(host) {
        case .address(let address): address.addressClass == .loopback
        case .name(let name): self.isLoopback(name: name)
        case .malformed: false
        }
    }

    private func allows(_ addresses: [IPAddress]) -> Bool {
        addresses.contains { address in self.allowedNetworks.contains { $0.contains(address) } }
    }

    private static func isLoopback(name: String) -> Bool {
        name.hasSuffix(".localhost") || self.loopbackNames.contains(name)
    }

    private static let loopbackNames: Set = [
        "localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback",
    ]

    /// Google's and Amazon's; resolvers of their machines know them.
    private static let metadataNames: Set = [
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
    ]
}
