import NetworkGuard

/// Where a request comes from, as far as it can be believed.
public enum ClientAddress {
    /// Addresses of `X-Forwarded-For` that are looked at.
    private static let hopsMax = 32

    /// The peer, or, where that is a proxy that is trusted, who it says it got the request from: the last address of
    /// `X-Forwarded-For` that is no trusted proxy's. What stands before it may be anybody's invention.
    /// - Parameters:
    ///   - peer: who the connection is from; nil where that cannot be said.
    ///   - forwardedFor: the lines of the header, in their order.
    /// - Returns: the address, of IPv4 also where it was mapped into IPv6; nil where nobody says one.
    public static func resolve(
        peer: String?, forwardedFor: [String], trustedProxies: [IPNetwork]
    ) -> IPAddress? {
        guard var address = peer.flatMap({ IPAddress($0)?.unmapped }) else { return nil }
        guard !trustedProxies.isEmpty else { return address }
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { self.trimmed($0) }
        for hop in hops.suffix(self.hopsMax).reversed() {
            guard trustedProxies.contains(where: { $0.contains(address) }) else { return address }
            guard let next = IPAddress(hop)?.unmapped else { return nil }
            address = next
        }
        return address
    }

    /// Without spaces, and without a port behind an IPv4 address or brackets around an IPv6 one.
    private static func trimmed(_ hop: Substring) -> String {
        var text = hop.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") { text = text[..<colon] }
        return String(text)
    }
}
