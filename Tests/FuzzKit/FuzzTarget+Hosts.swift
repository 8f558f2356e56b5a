import NetworkGuard

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension FuzzTarget {
    static func host(_ bytes: [UInt8]) -> Outcome {
        let text = String(decoding: bytes, as: UTF8.self)
        switch HostName(text) {
        case .malformed: return .refused
        case .address(let address):
            guard HostName("[\(address)]") == .address(address) || HostName("\(address)") == .address(address) else {
                return .violated("\(address) is read as another address")
            }
            let whole = text.hasSuffix(".") ? String(text.dropLast()) : text
            guard let meant = self.systemAddress(whole), meant != address else { return .accepted }
            return .violated("\(address) is \(meant) to the system")
        case .name(let name):
            guard name.utf8.allSatisfy({ (0x2d...0x7a).contains($0) && $0 != UInt8(ascii: "/") }) else {
                return .violated("foreign characters in a name")
            }
            if let meant = self.systemAddress(name) { return .violated("a name that is \(meant) to the system") }
            return HostName(name) == .name(name) ? .accepted : .violated("\(name) is read as something else")
        }
    }

    static func network(_ bytes: [UInt8]) -> Outcome {
        guard let network = try? IPNetwork(String(decoding: bytes, as: UTF8.self)) else { return .refused }
        guard network.contains(network.base) else { return .violated("a network without its own beginning") }
        return (try? IPNetwork("\(network)")) == network ? .accepted : .violated("\(network) is another network")
    }

    /// The IPv4 address that the system's resolver takes a text for without asking anybody.
    private static func systemAddress(_ text: String) -> IPAddress? {
        var address = in_addr()
        guard !text.utf8.contains(where: { $0 <= 0x20 }), inet_aton(text, &address) != 0 else { return nil }
        return IPAddress(v4: UInt32(bigEndian: address.s_addr))
    }
}
